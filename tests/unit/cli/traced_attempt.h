#pragma once
// What the read API answers about one attempt of a search, as trace and report read it.

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::cli {

// A trace of one attempt, with all that is known of it.
inline Json rich_answer() {
    const Json spec{{"command", {"python", "train.py", "two words"}},
                    {"seed", 7},
                    {"parameters", {{"lr", 0.1}, {"epochs", 4}}},
                    {"search",
                     {{"objective", {{"metric", "loss"}, {"goal", "Minimize"}}},
                      {"space", {{{"name", "lr"}}}}}}};
    const auto node = [](const char* id, const char* kind, const Json& attributes) -> Json {
        return {{"id", id}, {"kind", kind}, {"uid", id}, {"attributes", attributes}};
    };
    const auto edge = [](const char* from, const char* relation, const char* to) -> Json {
        return {{"from", from}, {"to", to}, {"relation", relation}, {"asserted", "Operator"}};
    };
    return {
        {"asOf", 12},
        {"truncated", false},
        {"root", "a"},
        {"gaps", Json::array()},
        {"nodes",
         {node("e", "ExperimentSpec",
               {{"name", "mnist-1"},
                {"spec", spec.dump()},
                {"triggeredBy", R"({"pipeline": "https://git.example.com/7"})"}}),
          node("t", "Trial",
               {{"number", 9},
                {"value", "0.123456789"},
                {"parameters", R"({"lr": 0.0031622776601683794})"}}),
          node("a", "Attempt",
               {{"number", 1},
                {"reason", "Completed"},
                {"endedAt", "2026-01-31T11:59:00.123456Z"},
                {"hardware", R"({"cores": "2"})"}}),
          node("r", "Run", {{"name", "colt"}, {"metrics", R"({"loss": "0.5", "acc": "0.9"})"}})}},
        {"edges",
         {edge("a", "PartOf", "t"), edge("t", "PlannedBy", "e"), edge("r", "GeneratedBy", "a")}}};
}

} // namespace pedigree::cli
