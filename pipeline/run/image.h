#pragma once
// Which image a container ran, by the kubelet's word, compared with what was asked. Kubernetes'
// status.containerStatuses[].imageID is a repository with the digest that the runtime pulled by
// (containerd), or the digest of the image's configuration (containerd without a repository, CRI-O,
// Docker's "docker://sha256:..."). So of one image three digests may be read: the one asked for,
// which may be an index's, that of the platform's manifest, and that of its configuration. The
// repository says nothing: a node that has the bytes from elsewhere names that place. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run/pod_facts.h"

namespace pedigree::run {

// "sha256:<hex>" at the end of an imageID or an image reference; "" if there is none.
std::string digest_at_end(std::string_view image);

enum class ImageMatch {
    NotRun, // it has not started
    Same,
    Other,
    Unread, // it ran, and what it ran cannot be said
};

struct ImageAsked {
    std::vector<std::string> digests; // all names of it that are known
    bool all_known = true;            // false: what is none of them may be it all the same
};

ImageMatch match_image(const ContainerFacts& container, const ImageAsked& asked);

} // namespace pedigree::run
