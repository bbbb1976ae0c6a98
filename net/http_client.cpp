#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/owned.h"
#include "net/socket_address.h"
#include "net/url.h"

namespace pedigree::net {
namespace {

constexpr std::size_t header_bytes_max = 256 * 1024;
constexpr long transfer_buffer_bytes = 256 * 1024;
constexpr long keepalive_idle_seconds = 30;
constexpr long keepalive_interval_seconds = 10;
constexpr int unacknowledged_ms_max = 45000; // TCP_USER_TIMEOUT: a dead peer is noticed
constexpr std::chrono::milliseconds poll_time_max{60000};

using SteadyClock = std::chrono::steady_clock;

using List = Owned<curl_slist, curl_slist_free_all>;

void append(List& list, const std::string& text) {
    if (auto* longer = curl_slist_append(list.get(), text.c_str())) {
        [[maybe_unused]] const auto* same = list.release();
        list.reset(longer);
    }
}

void initialise_curl_once() {
    static const CURLcode outcome = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)outcome;
}

// Everything that one send() knows; the callbacks of libcurl get a pointer to it.
struct Call {
    explicit Call(const Request& asked) : request(asked) {}

    const Request& request;
    Response response;
    std::optional<Error> problem;       // why a callback ended the call
    std::optional<Error> egress_denial; // the last address that was refused
    std::size_t body_sent = 0;
    std::size_t header_bytes = 0;
    bool head_complete = false;
    SteadyClock::time_point last_activity = SteadyClock::now();

    bool sinks_body() const {
        return request.sink && (request.sink_statuses == SinkStatuses::All || response.ok());
    }
    bool accept(Status outcome) {
        if (!outcome && !problem) {
            problem = std::move(outcome).error();
        }
        return !problem;
    }
};

std::size_t on_header(const char* line, std::size_t, std::size_t length, void* context) {
    auto& call = *static_cast<Call*>(context);
    call.last_activity = SteadyClock::now();
    std::string_view text(line, length);
    call.header_bytes += length;
    if (call.header_bytes > header_bytes_max) {
        call.accept(failure(ErrorCode::TooLarge, fmt::format("header fields of the answer exceed "
                                                             "{} bytes",
                                                             header_bytes_max)));
        return 0;
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    if (call.head_complete) {
        return length; // trailers carry nothing that anybody here reads
    }
    if (text.starts_with("HTTP/")) { // a new head: the former one was informational
        call.response.headers = {};
        const auto blank = text.find(' ');
        call.response.status = 0;
        if (blank != std::string_view::npos) {
            std::from_chars(text.data() + blank + 1, text.data() + text.size(),
                            call.response.status);
        }
        return length;
    }
    if (text.empty()) {
        call.head_complete = call.response.status >= 200;
        const bool wanted = call.head_complete && call.request.head_sink;
        return !wanted || call.accept(call.request.head_sink(call.response)) ? length : 0;
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        auto value = text.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        call.response.headers.add(std::string(text.substr(0, colon)), std::string(value));
    }
    return length;
}

std::size_t on_body(const char* bytes, std::size_t, std::size_t length, void* context) {
    auto& call = *static_cast<Call*>(context);
    call.last_activity = SteadyClock::now();
    if (call.sinks_body()) {
        return call.accept(call.request.sink({bytes, length})) ? length : 0;
    }
    if (call.response.body.size() + length > call.request.body_bytes_max) {
        call.accept(failure(ErrorCode::TooLarge, fmt::format("the answer's body is larger than {} "
                                                             "bytes",
                                                             call.request.body_bytes_max)));
        return 0;
    }
    call.response.body.append(bytes, length);
    return length;
}

std::size_t on_read(char* buffer, std::size_t, std::size_t room, void* context) {
    auto& call = *static_cast<Call*>(context);
    std::size_t count = 0;
    if (call.request.body_source) {
        auto got = call.request.body_source({buffer, room});
        if (!got) {
            call.accept(tl::unexpected<Error>(std::move(got).error()));
            return CURL_READFUNC_ABORT;
        }
        count = *got;
    } else {
        count = std::min(room, call.request.body.size() - call.body_sent);
        std::memcpy(buffer, call.request.body.data() + call.body_sent, count);
    }
    call.body_sent += count;
    call.last_activity = SteadyClock::now();
    return count;
}

int on_seek(void* context, curl_off_t offset, int origin) {
    auto& call = *static_cast<Call*>(context);
    if (origin != SEEK_SET || offset != 0) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    call.body_sent = 0;
    if (call.request.body_source) {
        return call.request.rewind && call.accept(call.request.rewind()) ? CURL_SEEKFUNC_OK
                                                                         : CURL_SEEKFUNC_FAIL;
    }
    return CURL_SEEKFUNC_OK;
}

struct SocketContext {
    const EgressCheck* egress;
    Call* call;
};

curl_socket_t on_open_socket(void* context, curlsocktype, curl_sockaddr* target) {
    auto& socket_context = *static_cast<SocketContext*>(context);
    const auto peer = socket_address(&target->addr);
    if (peer && *socket_context.egress) {
        if (auto allowed = (*socket_context.egress)(peer->text, peer->port); !allowed) {
            socket_context.call->egress_denial = std::move(allowed).error();
            return CURL_SOCKET_BAD;
        }
    }
    const int descriptor =
        socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
    if (peer && descriptor >= 0) {
        setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms_max,
                   sizeof unacknowledged_ms_max);
    }
    return descriptor < 0 ? CURL_SOCKET_BAD : descriptor;
}

bool valid_field(const Headers::Field& field) {
    const auto& [name, value] = field;
    const bool name_fine = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > 0x20 && c < 0x7f && std::strchr("()<>@,;:\\\"/[]?={}", c) == nullptr;
    });
    return name_fine && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

// The body decides on length and framing, whatever the caller's fields say.
bool is_framing_field(std::string_view name) {
    return equal_ignoring_case(name, "Content-Length") ||
           equal_ignoring_case(name, "Transfer-Encoding") || equal_ignoring_case(name, "Expect");
}

Result<List> header_list(const Request& request) {
    List list;
    for (const auto& field : request.headers) {
        if (!valid_field(field)) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("header field \"{:.40}\" has characters that HTTP forbids",
                                       field.first));
        }
        if (!is_framing_field(field.first)) {
            append(list,
                   field.second.empty() ? field.first + ";" : field.first + ": " + field.second);
        }
    }
    append(list, "Expect:"); // waiting for 100-continue costs a second at servers that lack it
    if (!request.headers.contains("Content-Type")) {
        append(list, "Content-Type:");
    }
    if (!request.headers.contains("Accept")) {
        append(list, "Accept: */*");
    }
    return list;
}

void set_blob(CURL* easy, CURLoption option, const std::string& pem) {
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    curl_easy_setopt(easy, option, &blob);
}

void set_tls(CURL* easy, const HttpClientOptions& options) {
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_pem.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr); // else the system's folder counts too
        set_blob(easy, CURLOPT_CAINFO_BLOB, options.ca_pem);
    }
    if (!options.client_certificate_pem.empty()) {
        curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
        curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
        set_blob(easy, CURLOPT_SSLCERT_BLOB, options.client_certificate_pem);
        set_blob(easy, CURLOPT_SSLKEY_BLOB, options.client_key_pem.reveal());
    }
}

void set_transport(CURL* easy, const HttpClientOptions& options) {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // a stop does not wait for a name server
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     static_cast<long>(options.version == HttpVersion::Http2
                                           ? CURL_HTTP_VERSION_2TLS
                                           : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy_url.c_str()); // "" ignores http_proxy
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, keepalive_idle_seconds);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, keepalive_interval_seconds);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, transfer_buffer_bytes);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, transfer_buffer_bytes);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                     static_cast<long>(options.connection_idle_max.count()));
    if (!options.unix_socket.empty()) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
    }
}

// A POST or PATCH has no seek function: libcurl repeats a request on a fresh connection when a kept
// one proves dead, which is right only while no byte of its body was sent. An empty one has no such
// byte, so it goes over a fresh connection at once.
void set_method_and_body(CURL* easy, const Request& request) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const bool idempotent = request.method != "POST" && request.method != "PATCH";
    const bool has_body = request.body_source || !request.body.empty();
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (has_body) {
        const auto known = request.body_source ? request.body_source_bytes
                                               : std::optional<std::uint64_t>(request.body.size());
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                         known ? static_cast<curl_off_t>(*known) : curl_off_t{-1});
    } else if (request.method != "GET" && request.method != "DELETE") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, idempotent ? 0L : 1L);
    }
    if (idempotent && (!request.body_source || request.rewind)) {
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    }
}

void set_callbacks(CURL* easy, Call& call, SocketContext& sockets) {
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &call);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, &call);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &sockets);
}

ErrorCode code_of(CURLcode code) {
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return ErrorCode::Timeout;
    case CURLE_PEER_FAILED_VERIFICATION: // waiting does not make a certificate trusted
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ErrorCode::InvalidInput;
    case CURLE_OUT_OF_MEMORY:
        return ErrorCode::Internal;
    default:
        return ErrorCode::Unavailable;
    }
}

} // namespace

struct HttpClient::Connection {
    explicit Connection(HttpClientOptions given) : options(std::move(given)) {
        initialise_curl_once();
        multi = curl_multi_init();
        easy = curl_easy_init();
    }
    ~Connection() {
        curl_easy_cleanup(easy);
        curl_multi_cleanup(multi);
    }

    Result<Response> perform(const Request& request, const Url& url, const List& headers,
                             const std::stop_token& stop);
    Status drive(Call& call, const std::stop_token& stop, CURLcode& outcome);

    const HttpClientOptions options;
    CURLM* multi = nullptr;
    CURL* easy = nullptr;
    bool calling = false;
};

// Runs the transfer until libcurl says it is over, or stop and idle limit say it must be.
Status HttpClient::Connection::drive(Call& call, const std::stop_token& stop, CURLcode& outcome) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi); });
    const auto idle_max = call.request.timeouts.idle;
    for (;;) {
        int running = 0;
        curl_multi_perform(multi, &running);
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg == CURLMSG_DONE) {
                outcome = message->data.result;
                return {};
            }
        }
        if (stop.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped");
        }
        auto wait = poll_time_max;
        if (idle_max.count() > 0) {
            const auto quiet = std::chrono::duration_cast<std::chrono::milliseconds>(
                SteadyClock::now() - call.last_activity);
            if (quiet >= idle_max) {
                return failure(ErrorCode::Timeout,
                               fmt::format("no byte for {} ms", idle_max.count()));
            }
            wait = std::min(wait, idle_max - quiet + std::chrono::milliseconds(1));
        }
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
    }
}

Result<Response> HttpClient::Connection::perform(const Request& request, const Url& url,
                                                 const List& headers, const std::stop_token& stop) {
    Call call(request);
    SocketContext sockets{&options.egress, &call};
    std::array<char, CURL_ERROR_SIZE> text{};
    List connect_to;
    curl_easy_reset(easy);
    set_transport(easy, options);
    set_tls(easy, options);
    set_callbacks(easy, call, sockets);
    set_method_and_body(easy, request);
    const std::string address = url.text();
    curl_easy_setopt(easy, CURLOPT_URL, address.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); // the path was signed and allowed as it is
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text.data());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(request.timeouts.connect.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeouts.total.count()));
    if (!options.connect_to.empty()) {
        append(connect_to, "::" + options.connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to.get());
    }

    curl_multi_add_handle(multi, easy);
    CURLcode outcome = CURLE_OK;
    Status driven = drive(call, stop, outcome);
    curl_multi_remove_handle(multi, easy);

    const std::string what = fmt::format("{} {}{:.200}", request.method, url.origin(), url.path);
    if (call.problem) {
        return tl::unexpected<Error>(std::move(*call.problem).within(what));
    }
    if (!driven) {
        return tl::unexpected<Error>(std::move(driven).error().within(what));
    }
    if (outcome == CURLE_OK) {
        return std::move(call.response);
    }
    if (call.egress_denial && outcome == CURLE_COULDNT_CONNECT) {
        return tl::unexpected<Error>(std::move(*call.egress_denial).within(what));
    }
    const char* reason = text[0] != '\0' ? text.data() : curl_easy_strerror(outcome);
    return failure(code_of(outcome), fmt::format("{}: {}", what, reason));
}

HttpClient::HttpClient(HttpClientOptions options)
    : connection_(std::make_unique<Connection>(std::move(options))) {}

HttpClient::~HttpClient() = default;

Result<Response> HttpClient::send(const Request& request, std::stop_token stop) {
    TRY(const auto url, parse_url(request.url));
    TRY(const auto headers, header_list(request));
    if (stop.stop_requested()) {
        return failure(ErrorCode::Cancelled,
                       fmt::format("{} {}: stopped", request.method, url.origin()));
    }
    if (connection_->calling) {
        return failure(ErrorCode::Internal,
                       "a sink calls the HttpClient that is calling it; this wants a PooledHttp");
    }
    connection_->calling = true;
    auto response = connection_->perform(request, url, headers, stop);
    connection_->calling = false;
    return response;
}

} // namespace pedigree::net
