#include "imagebuild/code/commit_code.h"

#include "imagebuild/exposed_secrets.h"

namespace pedigree::imagebuild {
namespace {

CodeFile::Kind kind_of(source::FileMode mode) {
    switch (mode) {
    case source::FileMode::Symlink:
        return CodeFile::Kind::Symlink;
    case source::FileMode::Executable:
        return CodeFile::Kind::Executable;
    case source::FileMode::Regular:
        break;
    }
    return CodeFile::Kind::Regular;
}

} // namespace

Result<std::vector<CodeFile>> commit_code(const source::Snapshot& snapshot,
                                          std::vector<std::string>& warnings) {
    TRY(const std::vector<source::TreeFile> files, snapshot.files(warnings));
    std::vector<CodeFile> code;
    std::vector<std::string> paths;
    for (const source::TreeFile& file : files) {
        code.push_back(
            {file.path, kind_of(file.mode), [&snapshot, file] { return snapshot.read(file); }});
        paths.push_back(file.path);
    }
    if (std::string warning = secret_files_warning(paths); !warning.empty()) {
        warnings.push_back(std::move(warning));
    }
    return code;
}

CodeSource code_source(const source::Snapshot& snapshot, std::string url,
                       std::string subdirectory) {
    CodeSource source{std::move(url), snapshot.commit(), std::move(subdirectory), snapshot.tree()};
    for (const source::Submodule& one : snapshot.submodules()) {
        source.submodules.push_back({one.path, one.url, one.commit});
    }
    return source;
}

} // namespace pedigree::imagebuild
