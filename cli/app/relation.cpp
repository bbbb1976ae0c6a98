#include "cli/app/relation.h"

#include <array>
#include <utility>

namespace pedigree::cli {

namespace {

// Longer signs first, so that "<=" is not read as "<".
constexpr std::array<std::pair<std::string_view, Relation>, 7> signs{
    {{"!=", Relation::NotEqual},
     {"<=", Relation::LessOrEqual},
     {">=", Relation::GreaterOrEqual},
     {"==", Relation::Equal},
     {"=", Relation::Equal},
     {"<", Relation::Less},
     {">", Relation::Greater}}};

} // namespace

std::optional<RelationSign> relation_at(std::string_view text) {
    for (const auto& [sign, relation] : signs) {
        if (text.starts_with(sign)) {
            return RelationSign{relation, sign.size()};
        }
    }
    return std::nullopt;
}

bool holds(Relation relation, int order, bool alike) {
    switch (relation) {
    case Relation::Equal:
        return order == 0;
    case Relation::NotEqual:
        return order != 0;
    case Relation::Less:
        return alike && order < 0;
    case Relation::LessOrEqual:
        return alike && order <= 0;
    case Relation::Greater:
        return alike && order > 0;
    case Relation::GreaterOrEqual:
        return alike && order >= 0;
    }
    return false;
}

} // namespace pedigree::cli
