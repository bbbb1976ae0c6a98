#include "operator/activity/order.h"

#include <nlohmann/json.hpp>

namespace pedigree::control {

records::work::WorkRequest request_for(records::work::WorkKind kind, std::string id,
                                       std::int64_t deadline_seconds,
                                       const spec::Platform& platform) {
    return {.kind = kind,
            .id = std::move(id),
            .deadline_seconds = deadline_seconds,
            .egress = {.allowed_networks = platform.egress.allowed_networks,
                       .refused_networks = platform.egress.refused_networks}};
}

ActivityOrder worker_order(records::work::WorkRequest request, Json input) {
    ActivityOrder order;
    order.request = std::move(request);
    order.input = std::make_shared<const Json>(std::move(input));
    return order;
}

} // namespace pedigree::control
