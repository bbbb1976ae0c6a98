#include "cli/init/draft.h"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "cli/app/words.h"

namespace pedigree::cli {

namespace {

bool is_none(std::string_view text) {
    return text.empty() || same_word(std::string(text), "none");
}

// JSON is YAML, so nothing of what was typed is taken for something else.
std::string yaml_of(std::string_view text) {
    return json_text(Json(std::string(text)));
}

std::string source_text(const Repository& repository) {
    const bool ssh = repository.url.starts_with("ssh://");
    return fmt::format(
        "  source:\n"
        "    git:\n"
        "      url: {}\n"
        "      {}: {}\n"
        "      {}\n"
        "{}",
        yaml_of(repository.url), repository.ref.empty() ? "commit" : "ref",
        yaml_of(repository.ref.empty() ? repository.commit : repository.ref),
        ssh ? "secretName: git-ssh # a Secret with ssh-privatekey and known_hosts"
            : "# secretName: git-token # if it wants a login: a Secret that has one",
        repository.subdirectory.empty()
            ? ""
            : fmt::format("    subdirectory: {}\n", yaml_of(repository.subdirectory)));
}

std::string data_text(const Draft& draft) {
    if (draft.data_uri.empty()) {
        return "  # inputs: what it reads, checked before it starts (none: the record has a gap)\n";
    }
    return fmt::format("  inputs:\n"
                       "  - name: data\n"
                       "    kind: Dataset\n"
                       "    role: Train\n"
                       "    uri: {}\n"
                       "    digest: {}\n"
                       "    mountPath: /data # where the script finds it\n"
                       "    # secretName: data-read # if it wants a login\n",
                       yaml_of(draft.data_uri), yaml_of(draft.data_digest));
}

std::string tracker_text(const Draft& draft) {
    if (draft.mlflow.empty()) {
        return "";
    }
    return fmt::format(
        "  trackers:\n"
        "    mlflow: {}\n"
        "    # {{secretName: mlflow}} in it, if it wants a login\n",
        draft.mlflow == "mlflow" ? "{}" : fmt::format("{{url: {}}}", yaml_of(draft.mlflow)));
}

} // namespace

Status take_base(Draft& draft, std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || !Digest::parse(text.substr(at + 1))) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("the base image needs its digest, since a tag can be moved: "
                        "HOST/REPOSITORY@sha256:..., not \"{}\" (docker buildx imagetools "
                        "inspect IMAGE prints it)",
                        text));
    }
    draft.base = text;
    return {};
}

Status take_data(Draft& draft, std::string_view text) {
    if (is_none(text)) {
        return {};
    }
    const std::size_t at = text.rfind('@');
    const bool whole = text.starts_with("s3://") && at != std::string_view::npos &&
                       Digest::parse(text.substr(at + 1)).has_value();
    if (!whole) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("data is named with its digest: s3://BUCKET/KEY@sha256:..., not "
                                   "\"{}\" (sha256sum FILE prints it), or none",
                                   text));
    }
    draft.data_uri = text.substr(0, at);
    draft.data_digest = text.substr(at + 1);
    return {};
}

Status take_tracker(Draft& draft, std::string_view text) {
    constexpr std::array wordless{"tensorboard", "wandb", "clearml"}; // recorded as they are
    const std::string word(text);
    for (const char* tracker : wordless) {
        if (same_word(word, tracker)) {
            return {};
        }
    }
    if (is_none(text)) {
        return {};
    }
    if (same_word(word, "mlflow")) {
        draft.mlflow = "mlflow";
    } else if (text.starts_with("https://") || text.starts_with("http://")) {
        draft.mlflow = text;
    } else {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("a tracker is mlflow (the platform's), the URL of an MLflow "
                                   "server, tensorboard, wandb, clearml or none, not \"{}\"",
                                   text));
    }
    return {};
}

Status take_gpus(Draft& draft, std::string_view text) {
    const char* end = text.data() + text.size();
    std::int64_t count = 0;
    const auto read = std::from_chars(text.data(), end, count);
    if (!text.empty() && (read.ec != std::errc() || read.ptr != end || count < 0)) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("GPUs are a whole number from 0 on, not \"{}\"", text));
    }
    draft.gpus = count;
    return {};
}

std::string draft_text(const Draft& draft) {
    return fmt::format(
        "# Written by pedigree init. Every field: kubectl explain experiment.spec --recursive\n"
        "apiVersion: pedigree.dev/v1alpha1\n"
        "kind: Experiment\n"
        "metadata: {{name: {0}}}\n"
        "spec:\n"
        "  project: {0}\n"
        "{1}"
        "  image:\n"
        "    base: {2}\n"
        "{3}"
        "    # pullSecretName: base-pull # if its registry wants a login\n"
        "  command: [python, {4}]\n"
        "  # parameters: {{train.epochs: 3}} # the script finds them in the file $PEDIGREE_PARAMETERS\n"
        "{5}{6}"
        "  resources: {{gpu: {{count: {7}}}, cpu: \"1\", memory: 2Gi}}\n"
        "  # outputs: what is kept of what it writes, and traced; uncomment if it writes there\n"
        "  # - {{name: model, path: outputs/model, kind: Model}}\n",
        yaml_of(draft.project), source_text(draft.repository), yaml_of(draft.base),
        draft.locked ? "    lockFile: requirements.lock\n" : "", yaml_of(draft.script),
        data_text(draft), tracker_text(draft), draft.gpus);
}

} // namespace pedigree::cli
