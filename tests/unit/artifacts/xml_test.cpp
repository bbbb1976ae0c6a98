#include "artifacts/xml.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::artifacts {
namespace {

using testing::HasSubstr;

struct Read {
    Status status;
    std::multimap<std::string, std::string> texts;
};

Read read(const std::string& document) {
    Read out;
    out.status = read_xml(document, [&](std::string_view place, std::string_view text) {
        out.texts.emplace(place, text);
        return Status();
    });
    return out;
}

std::string nested(int depth) {
    std::string open, close;
    for (int i = 0; i < depth; ++i) {
        open += "<a>";
        close += "</a>";
    }
    return open + close;
}

TEST(Xml, TellsPlacesAndTexts) {
    const Read done = read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<s3:List xmlns:s3=\"urn:x\"><s3:Key a=\"b\">&lt;a &amp; b&gt;&#252;"
                           "<![CDATA[<c>]]></s3:Key><Empty/></s3:List>");
    ASSERT_TRUE(done.status) << done.status.error().message;
    EXPECT_EQ(done.texts.find("List/Key")->second, "<a & b>\u00fc<c>");
    EXPECT_EQ(done.texts.find("List/Empty")->second, "");
}

TEST(Xml, RefusesADocumentTypeAndWithItEveryEntityOfItsOwn) {
    for (const char* document : {
             "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
             "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
             "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
             "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>",
             "<!DOCTYPE a SYSTEM \"http://example.com/a.dtd\"><a/>",
         }) {
        const Read refused = read(document);
        ASSERT_FALSE(refused.status) << document;
        EXPECT_EQ(refused.status.error().code, ErrorCode::Corrupt);
        EXPECT_THAT(refused.status.error().message, HasSubstr("document type"));
        EXPECT_TRUE(refused.texts.empty());
    }
    EXPECT_EQ(read("<a>&unknown;</a>").status.error().code, ErrorCode::Corrupt);
}

TEST(Xml, BoundsDepthElementsTextAndSize) {
    EXPECT_TRUE(read(nested(xml_depth_max)).status);
    EXPECT_EQ(read(nested(xml_depth_max + 1)).status.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(read(nested(100'000)).status.error().code, ErrorCode::TooLarge);

    std::string many = "<a>";
    for (std::size_t i = 1; i < xml_elements_max; ++i) {
        many += "<b/>";
    }
    EXPECT_TRUE(read(many + "</a>").status);
    EXPECT_EQ(read(many + "<b/></a>").status.error().code, ErrorCode::TooLarge);

    EXPECT_TRUE(read("<a>" + std::string(xml_text_bytes_max, 'x') + "</a>").status);
    EXPECT_EQ(read("<a>" + std::string(xml_text_bytes_max + 1, 'x') + "</a>").status.error().code,
              ErrorCode::TooLarge);
    EXPECT_EQ(read("<a>" + std::string(xml_bytes_max, ' ') + "</a>").status.error().code,
              ErrorCode::TooLarge);
}

TEST(Xml, RefusesWhatIsNotWhole) {
    for (const char* document : {"", "no XML", "<a>", "<a></b>", "<a/><b/>", "<a>\xff</a>",
                                 "<a b=1/>", "<a>&#0;</a>", "\xef\xbb"}) {
        EXPECT_EQ(read(document).status.error().code, ErrorCode::Corrupt) << document;
    }
}

TEST(Xml, AHandlersErrorEndsTheReading) {
    int told = 0;
    const Status status = read_xml("<a><b/><c/></a>", [&](std::string_view, std::string_view) {
        ++told;
        return Status(failure(ErrorCode::Conflict, "enough"));
    });
    EXPECT_EQ(status.error().code, ErrorCode::Conflict);
    EXPECT_EQ(told, 1);
}

} // namespace
} // namespace pedigree::artifacts
