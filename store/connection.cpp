#include "store/connection.h"

#include <array>
#include <cerrno>
#include <charconv>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/descriptor.h"
#include "base/owned.h"
#include "store/dsn.h"
#include "store/sqlstate.h"

namespace pedigree::store {
namespace {

using ResultPtr = Owned<PGresult, PQclear>;
using Deadline = std::chrono::steady_clock::time_point;

// How much longer than the server's own statement_timeout we wait for its answer.
constexpr std::chrono::milliseconds answer_grace{5'000};
constexpr std::size_t parameters_max = 65'535; // of the protocol

int milliseconds_until(Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

std::string first_line(std::string_view text) {
    const auto end = text.find('\n');
    return std::string(text.substr(0, end));
}

Error server_error(const PGresult* result) {
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(result, code);
        return std::string(text == nullptr ? "" : text);
    };
    const std::string sqlstate = field(PG_DIAG_SQLSTATE);
    const std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
    Error error(error_code_of(sqlstate),
                fmt::format("PostgreSQL: {} (SQLSTATE {})",
                            message.empty() ? first_line(PQresultErrorMessage(result)) : message,
                            sqlstate.empty() ? "none: the connection is lost" : sqlstate));
    if (prospect_of(error.code) != Prospect::Passing) {
        error.reason = refused_reason;
    }
    return error;
}

std::string session_settings(const ConnectOptions& options) {
    std::string out = fmt::format(
        "-c search_path={},pg_temp -c timezone=UTC -c datestyle=ISO -c bytea_output=hex "
        "-c client_min_messages=warning -c statement_timeout={} -c lock_timeout={} "
        "-c idle_in_transaction_session_timeout={}",
        schema_name, options.statement_timeout.count(), options.lock_timeout.count(),
        options.idle_in_transaction_timeout.count());
    if (!options.role.empty()) {
        out += " -c role=" + options.role;
    }
    return out;
}

Rows copy_rows(const PGresult* result) {
    const int columns = PQnfields(result);
    std::vector<std::string> names;
    for (int column = 0; column < columns; ++column) {
        names.emplace_back(PQfname(result, column));
    }
    const std::string_view affected_text = PQcmdTuples(const_cast<PGresult*>(result));
    std::int64_t affected = 0;
    std::from_chars(affected_text.data(), affected_text.data() + affected_text.size(), affected);
    Rows rows(std::move(names), PQcmdStatus(const_cast<PGresult*>(result)), affected);
    for (int row = 0; row < PQntuples(result); ++row) {
        for (int column = 0; column < columns; ++column) {
            rows.append_cell(
                PQgetisnull(result, row, column) != 0
                    ? Cell{}
                    : Cell({PQgetvalue(result, row, column),
                            static_cast<std::size_t>(PQgetlength(result, row, column))}));
        }
    }
    return rows;
}

} // namespace

struct Connection::Session {
    PGconn* handle = nullptr;
    std::chrono::milliseconds statement_deadline{};
    bool given_up = false; // a deadline passed: what comes next on the wire is not ours any more

    ~Session() { PQfinish(handle); }

    Status wait(short events, Deadline deadline) {
        pollfd waited{PQsocket(handle), events, 0};
        const int ready = ::poll(&waited, 1, milliseconds_until(deadline));
        if (ready == 0) {
            given_up = true;
            return failure(ErrorCode::Timeout, "PostgreSQL does not answer");
        }
        return {}; // EINTR too: the caller's loop looks again
    }

    Error connection_error() const {
        Error away(ErrorCode::Unavailable, "PostgreSQL: " + first_line(PQerrorMessage(handle)));
        away.reason = away_reason;
        return away;
    }

    Status flush(Deadline deadline) {
        for (int left = PQflush(handle); left != 0; left = PQflush(handle)) {
            if (left < 0) {
                return tl::unexpected(connection_error());
            }
            TRY(wait(POLLIN | POLLOUT, deadline));
            if (PQconsumeInput(handle) == 0) {
                return tl::unexpected(connection_error());
            }
        }
        return {};
    }

    Result<ResultPtr> next_result(Deadline deadline) {
        while (PQisBusy(handle) != 0) {
            TRY(wait(POLLIN, deadline));
            if (PQconsumeInput(handle) == 0) {
                break; // PQgetResult reports what happened
            }
        }
        return ResultPtr(PQgetResult(handle));
    }

    // Reads all results of what was sent: the first error, else the last rows.
    Result<Rows> collect() {
        const Deadline deadline =
            std::chrono::steady_clock::now() + statement_deadline + answer_grace;
        TRY(flush(deadline));
        Rows rows;
        std::optional<Error> error;
        while (true) {
            TRY(const auto result, next_result(deadline));
            if (!result) {
                break;
            }
            const ExecStatusType status = PQresultStatus(result.get());
            if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
                rows = copy_rows(result.get());
            } else if (!error) {
                error = server_error(result.get());
            }
        }
        if (error) {
            return tl::unexpected(*std::move(error));
        }
        return rows;
    }
};

Connection::Connection(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const Secret& dsn, const ConnectOptions& options) {
    TRY(read_dsn(dsn));
    const std::string timeout = std::to_string(options.connect_timeout.count());
    const std::string settings = session_settings(options);
    const std::array keywords{"dbname",
                              "connect_timeout",
                              "application_name",
                              "client_encoding",
                              "options",
                              "keepalives",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              static_cast<const char*>(nullptr)};
    const std::array values{dsn.reveal().c_str(),
                            timeout.c_str(),
                            options.application_name.c_str(),
                            "UTF8",
                            settings.c_str(),
                            "1",
                            "10",
                            "5",
                            "3",
                            "20000",
                            static_cast<const char*>(nullptr)};
    auto session = std::make_unique<Session>();
    session->statement_deadline = options.statement_timeout;
    session->handle = PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1);
    if (session->handle == nullptr) {
        return failure(ErrorCode::Internal, "no memory for a database connection");
    }
    if (PQstatus(session->handle) != CONNECTION_OK) {
        return tl::unexpected(session->connection_error());
    }
    PQsetnonblocking(session->handle, 1);
    PQsetNoticeProcessor(session->handle, [](void*, const char*) {}, nullptr);
    return Connection(std::move(session));
}

Result<Rows> Connection::query(std::string_view sql, const Parameters& parameters) {
    if (parameters.size() > parameters_max) {
        return failure(ErrorCode::TooLarge, "a statement has more than 65535 parameters");
    }
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const Parameter& parameter : parameters) {
        const auto& text = parameter.text();
        if (text && !parameter.binary() && text->find('\0') != std::string::npos) {
            // The protocol would end it there, and less would be kept than was said.
            return failure(ErrorCode::InvalidInput,
                           fmt::format("the text for ${} holds a NUL", values.size() + 1));
        }
        values.push_back(text ? text->c_str() : nullptr);
        lengths.push_back(text ? static_cast<int>(text->size()) : 0);
        formats.push_back(parameter.binary() ? 1 : 0);
    }
    const std::string statement(sql);
    if (PQsendQueryParams(session_->handle, statement.c_str(), static_cast<int>(values.size()),
                          nullptr, values.data(), lengths.data(), formats.data(), 0) == 0) {
        return tl::unexpected(session_->connection_error());
    }
    return session_->collect();
}

Result<Rows> Connection::run_script(std::string_view sql) {
    if (PQsendQuery(session_->handle, std::string(sql).c_str()) == 0) {
        return tl::unexpected(session_->connection_error());
    }
    return session_->collect();
}

Result<std::optional<Notification>>
Connection::wait_for_notification(std::chrono::milliseconds limit, std::stop_token stop) {
    const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.valid()) {
        return failure(ErrorCode::Unavailable, "no file descriptor left to wait for PostgreSQL");
    }
    const std::stop_callback on_stop(stop, [&] { ::eventfd_write(wake.get(), 1); });

    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        if (PQconsumeInput(session_->handle) == 0) {
            return tl::unexpected(session_->connection_error());
        }
        if (PGnotify* raw = PQnotifies(session_->handle); raw != nullptr) {
            Notification notification{raw->relname, raw->extra};
            PQfreemem(raw);
            return notification;
        }
        const int left = milliseconds_until(deadline);
        if (stop.stop_requested() || left == 0) {
            return std::optional<Notification>{};
        }
        std::array<pollfd, 2> waited{pollfd{PQsocket(session_->handle), POLLIN, 0},
                                     pollfd{wake.get(), POLLIN, 0}};
        ::poll(waited.data(), waited.size(), left);
    }
}

bool Connection::broken() const {
    return session_->given_up || PQstatus(session_->handle) != CONNECTION_OK;
}

void Connection::set_statement_deadline(std::chrono::milliseconds deadline) {
    session_->statement_deadline = deadline;
}

} // namespace pedigree::store
