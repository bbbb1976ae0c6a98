// Who holds the key of an attempt wrote the record; nothing else passes for its signature.
#include "records/pod/signature.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/pod/bundle.h"

namespace pedigree::records::pod {
namespace {

const Secret key(std::string(record_key_bytes, 'k'));

Json document() {
    Bundle bundle;
    bundle.pod_uid = "pod";
    bundle.complete = true;
    bundle.runs.push_back({.run_id = "r", .name = "na\xc3\xafve \"\\\x7f\n"});
    bundle.runs.back().parameters = {{"\xf0\x9f\x98\x80", "1e-3"}};
    bundle.counters = {{"least", INT64_MIN}, {"most", INT64_MAX}};
    return to_json(bundle);
}

TEST(Signature, of_a_bundle_holds_after_its_way_through_the_store) {
    const std::string stored = canonical_json(signed_bundle(document(), key));
    const auto read = parse_json(stored);
    ASSERT_TRUE(read);
    EXPECT_TRUE(is_signed_bundle(*read, key));
    EXPECT_EQ(bundle_from(*read)->pod_uid, "pod");
}

TEST(Signature, of_a_bundle_fits_no_other_bytes_and_no_other_key) {
    const Json good = signed_bundle(document(), key);
    EXPECT_FALSE(is_signed_bundle(document(), key));
    EXPECT_FALSE(is_signed_bundle(good, Secret(std::string(record_key_bytes, 'l'))));
    EXPECT_FALSE(is_signed_bundle(good, Secret()));
    for (const char* field : {"podUid", "startedAt"}) {
        Json changed = good;
        changed[field] = "other";
        EXPECT_FALSE(is_signed_bundle(changed, key)) << field;
    }
    Json more = good;
    more["more"] = 1;
    EXPECT_FALSE(is_signed_bundle(more, key));
    for (const Json& wrong : {Json(""), Json(7), Json(), Json("00"), Json(std::string(64, '0'))}) {
        Json changed = good;
        changed["signature"] = wrong;
        EXPECT_FALSE(is_signed_bundle(changed, key)) << wrong.dump();
    }
    EXPECT_FALSE(is_signed_bundle(Json::array({"signature"}), key));
}

TEST(Signature, of_news_is_none_of_a_bundle) {
    const std::string bytes = canonical_json(document());
    const std::string news = signature_of(key, SignedText::News, bytes);
    EXPECT_TRUE(is_signature_of(key, SignedText::News, bytes, news));
    EXPECT_FALSE(is_signature_of(key, SignedText::Bundle, bytes, news));
    EXPECT_FALSE(is_signature_of(key, SignedText::News, bytes + " ", news));
    EXPECT_FALSE(is_signature_of(Secret(), SignedText::News, bytes,
                                 signature_of(Secret(), SignedText::News, bytes)));
}

} // namespace
} // namespace pedigree::records::pod
