#include "operator/api/health_api.h"

#include <fmt/format.h>

namespace pedigree::control {
namespace {

void send_text(net::Exchange& exchange, int status, const std::string& text) {
    net::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = text;
    if (!exchange.send(response)) {
        return; // the prober has gone; nobody is left to be told
    }
}

} // namespace

void Metrics::add(const std::string& series, double amount) {
    auto all = series_.lock();
    Series& entry = (*all)[series];
    entry.value += amount;
    entry.counter = true;
}

void Metrics::set(const std::string& series, double value) {
    (*series_.lock())[series].value = value;
}

std::string Metrics::text() const {
    std::string out;
    std::string last_family;
    auto all = series_.lock();
    for (const auto& [name, series] : *all) {
        const std::string family = name.substr(0, name.find('{'));
        if (family != last_family) {
            out += fmt::format("# TYPE {} {}\n", family, series.counter ? "counter" : "gauge");
            last_family = family;
        }
        out += fmt::format("{} {}\n", name, series.value);
    }
    return out;
}

void HealthApi::handle(net::Exchange& exchange) const {
    const std::string& path = exchange.request().path;
    if (path == "/metrics") {
        parts_.refresh(parts_.metrics);
        send_text(exchange, 200, parts_.metrics.text());
        return;
    }
    if (path != "/healthz" && path != "/readyz") {
        send_text(exchange, 404, "there are /healthz, /readyz and /metrics\n");
        return;
    }
    const Status status = path == "/healthz" ? parts_.healthy() : parts_.ready();
    send_text(exchange, status ? 200 : 503, status ? "ok\n" : status.error().message + "\n");
}

} // namespace pedigree::control
