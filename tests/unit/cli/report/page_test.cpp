#include "cli/report/page.h"

#include <limits>

#include <gmock/gmock.h>

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Page page_with(const std::string& text) {
    Table table{{"NAME"}, {}};
    table.rows.push_back({{text}});
    return {text,
            {{.heading = text,
              .sentence = text,
              .facts = {{text, text}},
              .table = table,
              .items = {text},
              .commands = {text}}}};
}

TEST(ReportPage, MarkdownHasHeadingsTablesAndItems) {
    const std::string text = markdown_of({"mnist",
                                          {{.heading = "Result",
                                            .facts = {{"outcome", "Succeeded"}},
                                            .items = {"one gap"},
                                            .commands = {"pedigree rerun mnist"}}}});
    EXPECT_EQ(text, "# mnist\n\n## Result\n\n|  |  |\n|---|---|\n| `outcome` | `Succeeded` |\n\n"
                    "- one gap\n\n    pedigree rerun mnist\n");
}

TEST(ReportPage, MarkdownOfOthersMeansNothing) {
    const std::string text = markdown_of(page_with("[x](http://e) | `a` <b> @all\n# h"));
    EXPECT_THAT(text, HasSubstr("\\[x\\]\\(http\\://e\\) \\| \\`a\\` \\<b\\> \\@all"));
    EXPECT_THAT(text, HasSubstr("`` [x](http://e) \\| `a` <b> @all"));
    EXPECT_THAT(text, Not(HasSubstr("\n# h")));
}

TEST(ReportPage, HtmlOfOthersMeansNothing) {
    const std::string text = html_of(page_with("</title><script>x</script>\"'&"));
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(
        text,
        HasSubstr("<title>&lt;/title&gt;&lt;script&gt;x&lt;/script&gt;&quot;&#39;&amp;</title>"));
    EXPECT_THAT(text, HasSubstr("default-src 'none'"));
}

TEST(ReportPage, ACurveHasTheBestSoFarAsSteps) {
    const std::string svg = svg_of({"acc", true, {{1, 0.5}, {2, 0.25}, {3, 1.0}}});
    EXPECT_THAT(svg, HasSubstr("points=\"90.0,140.0 355.0,140.0 620.0,140.0 620.0,20.0 \""));
    EXPECT_THAT(svg_of({"loss", false, {{1, 0.5}, {2, 0.25}, {3, 1.0}}}),
                HasSubstr("points=\"90.0,140.0 355.0,140.0 355.0,200.0 620.0,200.0 \""));
}

TEST(ReportPage, ACurveMakesDoWithOddValues) {
    constexpr double most = std::numeric_limits<double>::max();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(svg_of({"acc", true, {}}), "");
    EXPECT_EQ(svg_of({"acc", true, {{1, std::nullopt}, {2, none}}}), "");
    const std::string wide = svg_of({"<acc>", true, {{1, -most}, {2, most}, {3, std::nullopt}}});
    EXPECT_THAT(wide, HasSubstr("cy=\"200.0\""));
    EXPECT_THAT(wide, HasSubstr("cy=\"20.0\""));
    EXPECT_THAT(wide, HasSubstr("&#215;"));
    EXPECT_THAT(wide, Not(HasSubstr("nan")));
    EXPECT_THAT(wide, Not(HasSubstr("<acc>")));
    EXPECT_THAT(svg_of({"acc", true, {{4, 2.0}}}), HasSubstr("cx=\"90.0\" cy=\"110.0\""));
}

} // namespace
} // namespace pedigree::cli
