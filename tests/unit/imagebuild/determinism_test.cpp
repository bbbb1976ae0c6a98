// The contract of imagebuild: these inputs give this image, in every build of pedigree, on every
// machine, whatever its locale, time zone, umask, and however many threads are at it. A digest here
// changes with layer_format_version and never otherwise.
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

// The image; then of each layer the beginning of its key, the digest of its blob and of its tar.
constexpr const char* golden_outcome =
    "sha256:bf4d3574697bba367eff2b4f153b906b33fb2308f5c6ad0d0905ee78d29b71c5\n"
    "code f53fe09016cf34b6a1873e14636a46e65e0c3b1ac5ceade00ca473587941cb7d "
    "8db44f0048acefa12c403a696d10f0bdc296e0d4d067a3bfeb2535c0e88014d9\n"
    "scripts 7bef005dcba855f21921e68add621cccf4c99f6b0d90c63bddc0575d973b529f "
    "892a777ae61393ed91cb8612ae8637236f595f67a13ffa67c890f384233e27aa\n"
    "wheel 8e1658fc00d9e9b7acdcb0c639d94dba0d5a6353c6c4a8bd3c969fc0b7167f7f "
    "d610127e563456688cee48db49425876909d8a156653ba03d036a20b5d588884\n"
    "wheels dfe525af35a34c454c4acbc145b7e3cb353584058bcf8010e28c8d895b3b9a4e "
    "f89899c03595f933c7ed1f293488b4267acf3aaf9e1388c02976026ee228732d\n";

// What came out, in the form of the golden_outcome text.
std::string outcome() {
    const auto built = ImageWorld().build();
    if (!built) {
        return built.error().message;
    }
    std::string text = built->image.text() + "\n";
    for (const auto& [key, layer] : built->layers) {
        text += fmt::format("{} {} {}\n", key.substr(0, key.find(':')), layer.digest.hex(),
                            layer.diff_id.hex());
    }
    return text;
}

TEST(Determinism, AnImageHasTheGoldenDigests) {
    EXPECT_EQ(outcome(), golden_outcome);
}

// NOLINTBEGIN(concurrency-mt-unsafe): it changes what is of the process, which has one thread
// Puts the process's own settings back.
class Settings {
  public:
    Settings() : mask_(::umask(0)), zone_(std::getenv("TZ") != nullptr ? std::getenv("TZ") : "") {}
    ~Settings() {
        ::umask(mask_);
        ::setenv("TZ", zone_.c_str(), 1);
        ::tzset();
        std::locale::global(std::locale::classic());
        std::setlocale(LC_ALL, "C");
    }

  private:
    mode_t mask_;
    std::string zone_;
};

// Numbers as no machine reads them: "1'0'0".
struct Grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\1"; }
    char do_decimal_point() const override { return ','; }
};

TEST(Determinism, NeitherLocaleNorZoneNorUmaskCount) {
    const Settings kept;
    std::locale::global(std::locale(std::locale::classic(), new Grouped));
    for (const char* locale : {"C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"}) {
        std::setlocale(LC_ALL, locale); // those that this machine has
        for (const mode_t mask : {0000, 0027, 0077}) {
            ::umask(mask);
            ::setenv("TZ", mask == 0 ? "Asia/Kathmandu" : "America/St_Johns", 1);
            ::tzset();
            EXPECT_EQ(outcome(), golden_outcome) << locale << " " << mask;
        }
    }
}
// NOLINTEND(concurrency-mt-unsafe)

TEST(Determinism, ThreadsDoNotMeet) {
    std::vector<std::string> outcomes(4);
    {
        std::vector<std::jthread> threads;
        for (std::string& one : outcomes) {
            threads.emplace_back([&one] { one = outcome(); });
        }
    }
    for (const std::string& one : outcomes) {
        EXPECT_EQ(one, golden_outcome);
    }
}

} // namespace
} // namespace pedigree::imagebuild
