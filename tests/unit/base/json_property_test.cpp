// The canonical form is what digests are made of: one document has one, whoever wrote it and
// however, and it reads back as the same document.

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "base/json_text.h"
#include "base/metric_value.h"

namespace pedigree {
namespace {

// Text of any characters, but no half ones: a document that was read holds none.
rc::Gen<std::string> any_text() {
    return rc::gen::container<std::string>(rc::gen::element<char>(
        'a', 'Z', '0', ' ', '"', '\\', '/', '\n', '\t', '\x01', '\x7f', '\0'));
}
rc::Gen<std::string> any_word() {
    const auto piece =
        rc::gen::element<std::string>("\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa7\xac", "e\xcc\x81");
    return rc::gen::oneOf(any_text(), rc::gen::map(rc::gen::pair(any_text(), piece), [](auto both) {
                              return both.first + both.second;
                          }));
}

// Of all bit patterns, so that exponents of every size come.
rc::Gen<double> any_number() {
    return rc::gen::suchThat(rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                          [](std::uint64_t bits) {
                                              double number = 0;
                                              std::memcpy(&number, &bits, sizeof number);
                                              return number;
                                          }),
                             [](double number) { return std::isfinite(number); });
}

Json any_document(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
    case 0:
        return nullptr;
    case 1:
        return *rc::gen::arbitrary<bool>();
    case 2:
        return *rc::gen::arbitrary<std::int64_t>();
    case 3:
        return *any_number();
    case 4:
        return *any_word();
    case 5: {
        Json list = Json::array();
        for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
            list.push_back(any_document(depth - 1));
        }
        return list;
    }
    default: {
        Json object = Json::object();
        for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
            object[*any_word()] = any_document(depth - 1);
        }
        return object;
    }
    }
}

RC_GTEST_PROP(CanonicalJsonProperty, ReadsBackAndIsWrittenOnce, ()) {
    const Json document = any_document(3);
    const std::string canonical = canonical_json(document);
    const auto again = parse_json(canonical);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == document);
    RC_ASSERT(canonical_json(*again) == canonical);
}

RC_GTEST_PROP(CanonicalJsonProperty, IsTheSameForEachWayToWriteADocument, ()) {
    const Json document = any_document(3);
    for (const JsonForm form : {JsonForm::Line, JsonForm::AsciiLine, JsonForm::Indented}) {
        const auto written = parse_json(json_text(document, form));
        RC_ASSERT(written.has_value());
        RC_ASSERT(canonical_json(*written) == canonical_json(document));
    }
}

RC_GTEST_PROP(CanonicalJsonProperty, IsPrintableAscii, ()) {
    for (const char c : canonical_json(any_document(3))) {
        RC_ASSERT(c >= 0x20 && c < 0x7f);
    }
}

RC_GTEST_PROP(CanonicalNumberProperty, ReadsBackToTheSameNumber, ()) {
    const double number = *any_number();
    const auto read = MetricValue::parse(canonical_number(number));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->number() == number);
}

} // namespace
} // namespace pedigree
