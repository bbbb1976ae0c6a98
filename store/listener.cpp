#include "store/listener.h"

namespace pedigree::store {

Listener::Listener(Secret dsn, std::string channel, ConnectOptions options)
    : dsn_(std::move(dsn)), channel_(std::move(channel)), options_(std::move(options)) {}

Status Listener::connect() {
    TRY(Connection connection, Connection::open(dsn_, options_));
    TRY(connection.run_script("LISTEN " + channel_)); // a name of ours: LISTEN takes no parameter
    connection_ = std::move(connection);
    return {};
}

Result<Wake> Listener::wait(std::chrono::milliseconds limit, std::stop_token stop) {
    if (stop.stop_requested()) {
        return Wake::Stopped;
    }
    if (!connection_) {
        TRY(connect());
        return Wake::Notified;
    }
    auto notification = connection_->wait_for_notification(limit, stop);
    if (!notification) {
        connection_.reset();
        return tl::unexpected(std::move(notification).error());
    }
    // One look serves all that has piled up.
    bool notified = notification->has_value();
    while (*notification) {
        notification = connection_->wait_for_notification(std::chrono::milliseconds(0), stop);
        if (!notification) {
            connection_.reset();
            return Wake::Notified;
        }
    }
    if (notified) {
        return Wake::Notified;
    }
    return stop.stop_requested() ? Wake::Stopped : Wake::TimeOver;
}

} // namespace pedigree::store
