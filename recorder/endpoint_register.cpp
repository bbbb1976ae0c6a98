// Calls to the model registry, which are answered here (recorder/registration.h).

#include <chrono>

#include <nlohmann/json.hpp>

#include "base/json_text.h"

#include "base/clock.h"
#include "recorder/endpoint.h"
#include "recorder/registration.h"

namespace pedigree::recorder {

Status Endpoint::register_model(net::Exchange& exchange, const Match& match) {
    TRY(const auto body, body_of(exchange, match));
    if (!body) {
        return {};
    }
    if (const std::string sentence = not_registered(match.call, *body); !sentence.empty()) {
        parts_.notebook.note(gap_note("NotSeenByRecorder", sentence));
    }
    parts_.notebook.count("registrationsAnswered");
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        SystemClock().now().time_since_epoch());
    const Json answer = registered_answer(match.call, *body, now.count());
    return exchange.send({200, {{"Content-Type", "application/json"}}, json_text(answer)});
}

} // namespace pedigree::recorder
