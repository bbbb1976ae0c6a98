#include "operator/api/health_api.h"

#include "base/log.h"

namespace pedigree::control {
namespace {

void send_text(net::Exchange& exchange, int status, const std::string& text) {
    net::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = text;
    if (const Status sent = exchange.send(response); !sent) {
        log_debug("an answer was not taken", {{"error", sent.error().message}});
    }
}

} // namespace

void answer_probe(net::Exchange& exchange, const Readiness& readiness) {
    const std::string& path = exchange.request().path;
    if (path == "/healthz") {
        return send_text(exchange, 200, "ok\n");
    }
    if (path != "/readyz") {
        return send_text(exchange, 404, "there are /healthz and /readyz\n");
    }
    const Status ready = readiness.status();
    const std::string said = ready ? "ok\n" : ready.error().message + "\n";
    send_text(exchange, ready ? 200 : 503, said + readiness.notes());
}

void answer_scrape(net::Exchange& exchange, const Metrics& metrics) {
    if (exchange.request().path != "/metrics") {
        return send_text(exchange, 404, "there is only /metrics\n");
    }
    send_text(exchange, 200, metrics.text());
}

} // namespace pedigree::control
