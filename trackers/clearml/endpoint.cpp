#include "trackers/clearml/endpoint.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "net/url.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::string_view api_root = "/api/";
constexpr std::string_view files_root = "/files";
constexpr std::size_t task_id_digits = 32;
constexpr std::size_t error_bytes = 500;

bool is_task_id(std::string_view text) {
    return text.size() == task_id_digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

Result<Json> answer_with(Book& book, const Request& request, std::string_view body,
                         const ScalarSink& on_scalar) {
    if (request.name == "events.add_batch" || request.name == "events.add") {
        return take_events(book, body, on_scalar);
    }
    return answer_request(book, request);
}

} // namespace

Endpoint::Endpoint(Settings settings, ScalarSink on_scalar) : on_scalar_(std::move(on_scalar)) {
    book_.settings = std::move(settings);
}

Status Endpoint::prepare(const PreparedTask& prepared) {
    if (!is_task_id(prepared.id)) {
        return failure(ErrorCode::InvalidInput, "a task's id has 32 hexadecimal digits");
    }
    if (book_.tasks.contains(prepared.id)) {
        return failure(ErrorCode::AlreadyExists, "there is a task of this id");
    }
    TRY(const Project* project, book_.project_named(prepared.project));
    TRY(Task * task, book_.add_task(prepared.id));
    task->prepared = true;
    task->project = project->id;
    book_.set(*task, "name", prepared.name);
    book_.set(*task, "type", "training");
    Json parameters = Json::object();
    for (const auto& [name, value] : prepared.parameters) {
        const std::size_t slash = name.find('/');
        const std::string section = slash == name.npos ? "General" : name.substr(0, slash);
        const std::string own = slash == name.npos ? name : name.substr(slash + 1);
        parameters[section][own] = {{"section", section}, {"name", own}, {"value", value}};
    }
    book_.set(*task, "hyperparams", parameters);
    return {};
}

Kind Endpoint::kind(std::string_view method, std::string_view path) {
    if (path.starts_with(api_root)) {
        return method == "GET" || method == "POST" || method == "PUT" ? Kind::Call : Kind::None;
    }
    if (path == files_root || path == "/files/") {
        return method == "POST" ? Kind::Upload : Kind::None;
    }
    const bool reads = method == "GET" || method == "HEAD";
    return reads && path.starts_with("/files/") ? Kind::Download : Kind::None;
}

Reply Endpoint::answer(const Call& call) {
    book_.now = to_kubernetes_time(call.now);
    auto request = read_path(call.path);
    if (!request) {
        return {.status = 404, .body = upload_error_text(request.error())};
    }
    Reply reply{.name = request->name, .standing = standing_of(request->name)};
    const bool has_lines = request->name.starts_with("events.add");
    const Status readable =
        call.state == Body::Cut
            ? Status(failure(ErrorCode::TooLarge, "pedigree: the call is too large"))
        : has_lines ? Status()
                    : read_body(*request, call.body);
    book_.calls_unreadable += readable ? 0 : 1;
    const auto data = readable ? answer_with(book_, *request, call.body, on_scalar_)
                               : Result<Json>(tl::unexpected<Error>(readable.error()));
    reply.status = data ? 200 : 400;
    reply.body = data ? success_text(*request, *data) : error_text(*request, data.error());
    if (!data && data.error().code == ErrorCode::Forbidden &&
        reply.standing == Standing::Answered) {
        reply.standing = Standing::NeedsServer; // a condition that only one can answer
    }
    return reply;
}

void Endpoint::uploaded(std::string_view path, std::uint64_t bytes, const Digest& sha256) {
    book_.file_came(path, {bytes, sha256});
}

std::optional<std::string> Endpoint::stored(std::string_view path) const {
    auto file = file_of(book_.settings, book_.settings.base_url + std::string(path));
    return file && book_.files.contains(*file) ? file : std::nullopt;
}

void Endpoint::stop_tasks() {
    for (const auto& [id, task] : book_.tasks) {
        task->stop_wanted = true;
    }
}

std::string upload_text(std::string_view path) {
    return json_text(Json::array({"/" + net::percent_encode(path, "/")}));
}

std::string upload_error_text(const Error& error) {
    return json_text({{"error", clean_text(error.message, error_bytes)}});
}

} // namespace pedigree::trackers::clearml
