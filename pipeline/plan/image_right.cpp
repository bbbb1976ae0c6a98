#include "pipeline/plan/image_right.h"

#include <fmt/format.h>

#include "pipeline/spec/image_reference.h"

namespace pedigree::plan {

std::optional<std::string> image_problem(const spec::ExperimentSpec& spec,
                                         const spec::PlatformRegistry& registry,
                                         std::string_view name_space) {
    const std::string& secret = spec.image.pull_secret_name;
    const std::string& text = spec.image.prebuilt ? spec.image.prebuilt->image : spec.image.base;
    if (secret.empty() || secret != registry.pull_secret_name || text.empty()) {
        return std::nullopt;
    }
    const std::string own = registry.repository_of(name_space);
    const auto image = spec::parse_image_reference(text);
    if (image && image->host == registry.host &&
        (image->repository == own || image->repository.starts_with(own + "/"))) {
        return std::nullopt;
    }
    return fmt::format("{}: {} is no image of this namespace, and pullSecretName names {}, the "
                       "platform's own, which is good for {}/{} alone; name a Secret with a login "
                       "of yours (E0176)",
                       spec.image.prebuilt ? "spec.image.prebuilt" : "spec.image.base", text,
                       secret, registry.host, own);
}

} // namespace pedigree::plan
