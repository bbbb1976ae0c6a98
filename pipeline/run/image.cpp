#include "pipeline/run/image.h"

#include <algorithm>

#include "base/digest.h"

namespace pedigree::run {

std::string digest_at_end(std::string_view image) {
    constexpr std::string_view algorithm = "sha256:";
    const auto digest = Digest::parse(image.substr(std::min(image.rfind(algorithm), image.size())));
    return digest ? digest->text() : "";
}

ImageMatch match_image(const ContainerFacts& container, const ImageAsked& asked) {
    if (!container.running && !container.terminated) {
        return ImageMatch::NotRun;
    }
    const std::string ran = digest_at_end(container.image_id);
    if (ran.empty() || asked.digests.empty()) {
        return ImageMatch::Unread;
    }
    if (std::find(asked.digests.begin(), asked.digests.end(), ran) != asked.digests.end()) {
        return ImageMatch::Same;
    }
    return asked.all_known ? ImageMatch::Other : ImageMatch::Unread;
}

} // namespace pedigree::run
