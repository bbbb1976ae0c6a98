#pragma once
// Viewer: whose eyes an answer is for. The graph knows which namespaces recorded what; what only
// other namespaces recorded is counted in an answer (gap HiddenByNamespace), never shown. The
// caller (the read API, after RBAC has decided) says which namespaces may be seen. A value.

#include <string>
#include <vector>

namespace pedigree::lineage {

enum class Visibility { OwnNamespaces, Everything };

struct Viewer {
    // The namespaces that may be seen; the first one is where names (exp/NAME) are looked up.
    std::vector<std::string> namespaces;
    Visibility visibility = Visibility::OwnNamespaces;
};

} // namespace pedigree::lineage
