#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "trackers/wandb/answers.h"
#include "trackers/wandb/limits.h"
#include "trackers/wandb/uploads.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t aliases_kept = 100;
constexpr std::size_t links_kept = 100;

std::string id_of(std::size_t number) {
    return to_base64(fmt::format("Artifact:{}", number));
}

tl::unexpected<Error> no_artifact() {
    return failure(ErrorCode::NotFound, "pedigree: this artifact was not logged in this pod");
}

// The name of the collection, and in 0.15.12 the first of a list of them.
std::string collection_in(const Operation& operation) {
    const std::string name = operation.text({"artifactCollectionName"});
    const Json& list = operation.value("artifactCollectionNames");
    const bool listed = name.empty() && list.is_array() && !list.empty() && list[0].is_string();
    return listed ? list[0].get<std::string>() : name;
}

void add_aliases(Book& book, const Book::Place& place, const Json& aliases) {
    Artifact& artifact = *place.artifact;
    for (std::size_t at = 0; aliases.is_array() && at < aliases.size(); ++at) {
        const std::string alias = aliases[at].is_string() ? aliases[at].get<std::string>()
                                                          : string_or(aliases[at], "alias");
        const bool known = std::find(artifact.aliases.begin(), artifact.aliases.end(), alias) !=
                           artifact.aliases.end();
        if (!known && is_id(alias) && artifact.aliases.size() < aliases_kept &&
            book.runs.take_text(*place.run, 0, alias.size())) {
            artifact.aliases.push_back(alias);
        }
    }
}

Json created(const std::string& id, const Artifact* artifact) {
    const bool committed = artifact != nullptr && artifact->committed;
    return Json{
        {"createArtifact",
         {{"artifact",
           {{"id", id},
            {"digest", artifact == nullptr ? "" : artifact->digest},
            {"state", committed ? "COMMITTED" : "PENDING"},
            {"aliases", Json::array()},
            {"artifactSequence",
             {{"id", to_base64("ArtifactCollection:" + id)}, {"latestArtifact", nullptr}}}}}}}};
}

std::int64_t versions_of(const Book& book, const std::string& name) {
    return std::count_if(book.artifacts.begin(), book.artifacts.end(),
                         [&](const Book::Place& place) { return place.artifact->name == name; });
}

// An artifact of this name with this content, complete: nothing has to be sent again.
std::size_t same_content(const Book& book, const std::string& name, const std::string& digest) {
    for (std::size_t at = 0; at < book.artifacts.size(); ++at) {
        const Artifact& known = *book.artifacts[at].artifact;
        if (known.committed && known.name == name && known.digest == digest) {
            return at + 1;
        }
    }
    return 0;
}

// Every artifact that a script makes has an id of the SDK's own, also one with known content.
void know_client(Book& book, const std::string& client_id, std::size_t number) {
    if (client_id.size() <= wandb_name_bytes_max &&
        book.client_numbers.size() < 4 * wandb_artifacts_max) {
        book.client_numbers[client_id] = number;
    }
}

Result<Json> answer_create(Book& book, const Operation& operation) {
    const std::string name = collection_in(operation);
    const std::string digest = operation.text({"digest"});
    const std::string client_id = operation.text({"clientID"});
    const Json& aliases = operation.value("aliases");
    if (const std::size_t same = same_content(book, name, digest); same != 0) {
        add_aliases(book, book.artifacts[same - 1], aliases);
        know_client(book, client_id, same);
        return created(id_of(same), book.artifacts[same - 1].artifact);
    }
    Run* run = book.runs.find(operation.text({"projectName"}), operation.text({"runName"}));
    const bool fits = is_file_name(name) && client_id.size() <= wandb_name_bytes_max &&
                      digest.size() <= wandb_name_bytes_max;
    const std::int64_t version = versions_of(book, name);
    Artifact* artifact = run != nullptr && fits ? book.runs.add_artifact(*run) : nullptr;
    if (artifact == nullptr) {
        return created(id_of(0), nullptr); // its files are taken, and kept nowhere
    }
    artifact->id = id_of(book.artifacts.size() + 1);
    artifact->version = version;
    book.runs.keep_text(*run, artifact->name, name);
    book.runs.keep_text(*run, artifact->type, operation.text({"artifactTypeName"}));
    book.runs.keep_text(*run, artifact->digest, digest);
    book.runs.keep_text(*run, artifact->client_id, client_id);
    book.runs.keep_text(*run, artifact->metadata, operation.text({"metadata"}));
    book.artifacts.push_back({run, artifact});
    add_aliases(book, book.artifacts.back(), aliases);
    book.artifact_numbers[artifact->id] = book.artifacts.size();
    know_client(book, client_id, book.artifacts.size());
    return created(artifact->id, artifact);
}

std::size_t number_in_manifest_id(const Book& book, std::string_view id) {
    const std::string text = from_base64(id).value_or(std::string());
    constexpr std::string_view prefix = "Manifest:";
    return text.starts_with(prefix) ? book.number_of(text.substr(prefix.size())) : 0;
}

Json manifest_json(const Book& book, std::size_t number) {
    const std::string id = to_base64("Manifest:" + id_of(number));
    return {{"id", id},
            {"file",
             {{"id", id},
              {"name", "wandb_manifest.json"},
              {"displayName", "wandb_manifest.json"},
              {"uploadUrl", book.settings.base_url + manifest_upload(number).path()},
              {"uploadHeaders", Json::array()}}}};
}

Result<Json> answer_manifest(Book& book, const Operation& operation) {
    const std::size_t number = book.number_of(operation.text({"artifactID"}));
    if (const auto* place = book.artifact(number)) {
        const std::string md5 = operation.text({"digest"});
        if (is_id(md5) || md5.find('/') != md5.npos) { // base64 may have slashes
            place->artifact->manifest.md5 = md5.substr(0, 64);
        }
    }
    return Json{{"createArtifactManifest", {{"artifactManifest", manifest_json(book, number)}}}};
}

Result<Json> answer_update_manifest(Book& book, const Operation& operation) {
    const std::size_t number = number_in_manifest_id(book, operation.text({"artifactManifestID"}));
    return Json{{"updateArtifactManifest", {{"artifactManifest", manifest_json(book, number)}}}};
}

Json file_node(Book& book, const Json& spec) {
    const std::string name = string_or(spec, "name");
    const std::string artifact_id = string_or(spec, "artifactID");
    const std::size_t number = book.number_of(artifact_id);
    const Upload upload = artifact_upload(number, name);
    if (const auto* place = book.artifact(number)) {
        File* file = upload.of == Upload::Of::Artifact
                         ? book.runs.file(*place->run, place->artifact->files, name)
                         : nullptr;
        if (file != nullptr) {
            file->md5 = string_or(spec, "md5").substr(0, 64);
        }
    }
    return {{"id", to_base64("File:" + name)},
            {"name", name},
            {"displayName", name},
            {"uploadUrl", book.settings.base_url + upload.path()},
            {"uploadHeaders", Json::array()},
            {"storagePath", upload.place()},
            {"uploadMultipartUrls", nullptr}, // whole, to one address
            {"artifact", {{"id", artifact_id}}}};
}

Result<Json> answer_files(Book& book, const Operation& operation) {
    Json edges = Json::array();
    const Json& files = operation.value("artifactFiles");
    for (std::size_t at = 0; files.is_array() && at < std::min(files.size(), wandb_files_max);
         ++at) {
        edges.push_back({{"node", file_node(book, files[at])}});
    }
    return Json{{"createArtifactFiles", {{"files", {{"edges", std::move(edges)}}}}}};
}

Result<Json> answer_commit(Book& book, const Operation& operation) {
    const std::string id = operation.text({"artifactID"});
    std::string digest;
    if (const auto* place = book.artifact(book.number_of(id))) {
        place->artifact->committed = true;
        digest = place->artifact->digest;
    }
    return Json{{"commitArtifact", {{"artifact", {{"id", id}, {"digest", digest}}}}}};
}

Json collection_json(const Book::Place& place) {
    const Run& run = *place.run;
    return {{"__typename", "ArtifactSequence"},
            {"name", place.artifact->name},
            {"project",
             {{"id", to_base64("Project:" + run.project)},
              {"internalId", to_base64("Project:" + run.project)},
              {"name", run.project},
              {"entityName", run.entity},
              {"entity", {{"name", run.entity}}}}}};
}

Json aliases_json(const Book::Place& place) {
    Json out = Json::array();
    std::vector<std::string> aliases = place.artifact->aliases;
    aliases.push_back(fmt::format("v{}", place.artifact->version));
    for (const std::string& alias : aliases) {
        out.push_back({{"__typename", "ArtifactAlias"},
                       {"id", to_base64("ArtifactAlias:" + place.artifact->id + ":" + alias)},
                       {"alias", alias},
                       {"artifactCollection", collection_json(place)}});
    }
    return out;
}

std::int64_t bytes_of(const Artifact& artifact) {
    std::int64_t bytes = 0;
    for (const auto& [name, file] : artifact.files) {
        bytes += static_cast<std::int64_t>(file.bytes.value_or(0));
    }
    return bytes;
}

Json artifact_json(const Book& book, const Book::Place& place) {
    const Artifact& artifact = *place.artifact;
    const std::string manifest =
        fmt::format("{}/artifact/{}/manifest", book.settings.base_url, book.number_of(artifact.id));
    return {{"__typename", "Artifact"},
            {"id", artifact.id},
            {"artifactSequence", collection_json(place)},
            {"versionIndex", artifact.version},
            {"artifactType", {{"name", artifact.type}}},
            {"description", nullptr},
            {"metadata", artifact.metadata.empty() ? Json(nullptr) : Json(artifact.metadata)},
            {"ttlDurationSeconds", -1},
            {"ttlIsInherited", true},
            {"tags", Json::array()},
            {"historyStep", nullptr},
            {"state", artifact.committed ? "COMMITTED" : "PENDING"},
            {"size", bytes_of(artifact)},
            {"digest", artifact.digest},
            {"commitHash", artifact.digest},
            {"fileCount", artifact.files.size()},
            {"createdAt", book.now},
            {"updatedAt", nullptr},
            {"labels", nullptr},
            {"aliases", aliases_json(place)},
            {"currentManifest", {{"file", {{"directUrl", manifest}}}}}};
}

Result<Json> answer_by_id(Book& book, const Operation& operation) {
    const auto* place = book.artifact(book.number_of(operation.text({"id"})));
    return Json{{"artifact", place == nullptr ? Json(nullptr) : artifact_json(book, *place)}};
}

// Asked before a name is logged to: whether it is of another type already.
Result<Json> answer_type(Book& book, const Operation& operation) {
    std::string name = operation.text({"name"});
    name.resize(std::min(name.find(':'), name.size()));
    const auto* place = book.artifact(book.newest(name));
    if (place == nullptr) {
        return Json{{"project", {{"artifact", nullptr}}}};
    }
    return Json{{"project", {{"artifact", {{"artifactType", {{"name", place->artifact->type}}}}}}}};
}

Result<Json> answer_client_id(Book& book, const Operation& operation) {
    const auto found = book.client_numbers.find(operation.text({"clientID"}));
    if (found == book.client_numbers.end()) {
        return Json{{"clientIDMapping", nullptr}};
    }
    return Json{{"clientIDMapping", {{"serverID", id_of(found->second)}}}};
}

Result<Json> answer_use(Book& book, const Operation& operation) {
    const auto* place = book.artifact(book.number_of(operation.text({"artifactID"})));
    if (place == nullptr) {
        return no_artifact();
    }
    return Json{{"useArtifact", {{"artifact", artifact_json(book, *place)}}}};
}

// A collection of W&B's registry: the script must not end for it, so it hears that it is linked. A
// model is registered by the record, when it is complete.
Result<Json> answer_link(Book& book, const Operation& operation) {
    std::size_t number = book.number_of(operation.text({"artifactId", "artifactID"}));
    if (number == 0) {
        const auto found = book.client_numbers.find(operation.text({"clientId", "clientID"}));
        number = found == book.client_numbers.end() ? 0 : found->second;
    }
    const auto* place = book.artifact(number);
    const std::string portfolio = operation.text({"artifactPortfolioName"});
    if (place == nullptr) {
        return no_artifact();
    }
    if (is_file_name(portfolio) && place->run->links.size() < links_kept &&
        book.runs.take_text(*place->run, 0, portfolio.size())) {
        place->run->links.push_back(portfolio);
    }
    return Json{{"linkArtifact", {{"versionIndex", place->artifact->version}}}};
}

Result<Json> answer_update(Book& book, const Operation& operation) {
    const auto* place = book.artifact(book.number_of(operation.text({"artifactID"})));
    if (place == nullptr) {
        return no_artifact();
    }
    const std::string metadata = operation.text({"metadata"});
    if (!metadata.empty()) {
        book.runs.keep_text(*place->run, place->artifact->metadata, metadata);
    }
    add_aliases(book, *place, operation.value("aliases"));
    return Json{{"updateArtifact", {{"artifact", artifact_json(book, *place)}}}};
}

Result<Json> answer_add_aliases(Book& book, const Operation& operation) {
    const auto* place = book.artifact(book.number_of(operation.text({"artifactID"})));
    if (place == nullptr) {
        return no_artifact();
    }
    add_aliases(book, *place, operation.value("aliases"));
    return Json{{"addAliases", {{"success", true}}}};
}

struct ArtifactOperation {
    std::string_view name;
    Answer answer;
};
constexpr ArtifactOperation artifact_operations[] = {
    {"ArtifactType", answer_type},
    {"CreateArtifact", answer_create},
    {"CreateArtifactManifest", answer_manifest},
    {"UpdateArtifactManifest", answer_update_manifest},
    {"CreateArtifactFiles", answer_files},
    {"CommitArtifact", answer_commit},
    {"ArtifactByID", answer_by_id},
    {"ArtifactByIDShort", answer_by_id},
    {"ClientIDMapping", answer_client_id},
    {"UseArtifact", answer_use},
    {"LinkArtifact", answer_link},
    {"UpdateArtifact", answer_update},
    {"AddAliases", answer_add_aliases},
};

} // namespace

Answer artifact_answer(std::string_view name) {
    for (const auto& [known, answer] : artifact_operations) {
        if (known == name) {
            return answer;
        }
    }
    return nullptr;
}

std::size_t Book::number_of(std::string_view artifact_id) const {
    const auto found = artifact_numbers.find(artifact_id);
    return found == artifact_numbers.end() ? 0 : found->second;
}

const Book::Place* Book::artifact(std::size_t number) const {
    return number == 0 || number > artifacts.size() ? nullptr : &artifacts[number - 1];
}

std::size_t Book::newest(std::string_view name) const {
    for (std::size_t number = artifacts.size(); number > 0; --number) {
        if (artifacts[number - 1].artifact->name == name) {
            return number;
        }
    }
    return 0;
}

} // namespace pedigree::trackers::wandb
