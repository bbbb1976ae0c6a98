#include "operator/auxiliary/wheel_build.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"

namespace pedigree::control {
namespace {

constexpr std::string_view begin_marker = "-----BEGIN WHEEL ", marker_end = "-----\n",
                           end_marker = "-----END WHEEL-----";
constexpr std::size_t file_name_bytes_max = 255;

constexpr const char* wheel_script = R"py(
import base64, hashlib, importlib, io, os, re, ssl, sys, tarfile, urllib.request, zipfile

url, digest, authorities = sys.argv[1:4]
source_max, wheel_max = int(sys.argv[4]), int(sys.argv[5])
trust = ssl.create_default_context()
if authorities:
    trust.load_verify_locations(cadata=authorities)
data = urllib.request.urlopen(url, timeout=60, context=trust).read(source_max + 1)
if len(data) > source_max:
    sys.exit("the source distribution is larger than %d bytes" % source_max)
if hashlib.sha256(data).hexdigest() != digest:
    sys.exit("the index serves another file than the one locked: sha256:" + hashlib.sha256(data).hexdigest())
if url.split("#")[0].endswith(".zip"):
    zipfile.ZipFile(io.BytesIO(data)).extractall("source")
else:
    tarfile.open(fileobj=io.BytesIO(data)).extractall("source")
made = os.path.join(os.getcwd(), "wheel")
os.mkdir(made)
(folder,) = os.listdir("source")
os.chdir(os.path.join("source", folder))
project = open("pyproject.toml").read() if os.path.exists("pyproject.toml") else ""
named = re.search(r"^\s*build-backend\s*=\s*[\"']([\w.:]+)", project, re.M)
module, _, attributes = (named.group(1) if named else "setuptools.build_meta:__legacy__").partition(":")
backend = importlib.import_module(module)
for each in filter(None, attributes.split(".")):
    backend = getattr(backend, each)
name = backend.build_wheel(made)
with open(os.path.join(made, name), "rb") as file:
    data = file.read(wheel_max + 1)
if len(data) > wheel_max:
    sys.exit("%s is larger than %d bytes; build it yourself and put it on the index" % (name, wheel_max))
sys.stdout.flush()
print("\n-----BEGIN WHEEL %s-----" % name)
print(base64.encodebytes(data).decode() + "-----END WHEEL-----", flush=True)
)py";

} // namespace

std::string interpreter_of(const std::string& inventory) {
    const auto document = parse_json(inventory);
    return document ? string_or(at_path(*document, {"scheme"}), "interpreter", "python3")
                    : "python3";
}

std::vector<std::string> wheel_command(const records::work::SourceDistribution& source,
                                       const std::string& inventory, const std::string& ca_pem) {
    return {interpreter_of(inventory),
            "-c",
            wheel_script,
            source.url,
            source.digest.hex(),
            ca_pem,
            std::to_string(source_bytes_max),
            std::to_string(derived_wheel_bytes_max)};
}

Result<records::work::DerivedWheel> wheel_in_log(std::string_view log) {
    const auto none = [](std::string_view what) {
        return failure(ErrorCode::InvalidInput, "WheelBuildFailed",
                       fmt::format("the pod's log has no wheel: {}", what));
    };
    const auto begin = log.rfind(begin_marker);
    if (begin == log.npos) {
        return none("it was not printed, or the node has thrown the log away");
    }
    log.remove_prefix(begin + begin_marker.size());
    const auto name_end = log.find(marker_end), end = log.find(end_marker);
    if (name_end == log.npos || end == log.npos || end < name_end ||
        name_end > file_name_bytes_max) {
        return none("it is cut off");
    }
    records::work::DerivedWheel wheel;
    wheel.file_name = log.substr(0, name_end);
    for (const char c :
         log.substr(name_end + marker_end.size(), end - name_end - marker_end.size())) {
        if (c != '\n' && c != '\r') {
            wheel.content += c;
        }
    }
    const auto bytes = from_base64(wheel.content);
    if (!bytes) {
        return none("it is not base64");
    }
    wheel.digest = sha256(*bytes);
    wheel.bytes = static_cast<std::int64_t>(bytes->size());
    return wheel;
}

} // namespace pedigree::control
