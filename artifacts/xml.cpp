#include "artifacts/xml.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <expat.h>
#include <fmt/format.h>

#include "base/owned.h"

namespace pedigree::artifacts {
namespace {

using Parser = Owned<XML_ParserStruct, XML_ParserFree>;

// What the parser calls. No exception may leave these functions: C stands above them.
class Reading {
  public:
    Reading(XML_Parser parser, const XmlHandler& handler) : parser_(parser), handler_(handler) {}

    static void on_start(void* self, const XML_Char* name, const XML_Char**) {
        static_cast<Reading*>(self)->guarded([&](Reading& reading) { reading.start(name); });
    }
    static void on_end(void* self, const XML_Char*) {
        static_cast<Reading*>(self)->guarded([](Reading& reading) { reading.end(); });
    }
    static void on_text(void* self, const XML_Char* bytes, int count) {
        static_cast<Reading*>(self)->guarded(
            [&](Reading& reading) { reading.text({bytes, static_cast<std::size_t>(count)}); });
    }
    static void on_document_type(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                 int) {
        static_cast<Reading*>(self)->guarded([](Reading& reading) {
            reading.fail(Error(ErrorCode::Corrupt, "the XML document has a document type"));
        });
    }

    const std::optional<Error>& problem() const { return problem_; }

  private:
    template <typename Action>
    void guarded(Action action) noexcept {
        if (problem_) {
            return; // the parser still tells what it had read
        }
        try {
            action(*this);
        } catch (const std::exception& failed) {
            fail(Error(ErrorCode::Internal, failed.what()));
        }
    }

    void fail(Error error) {
        problem_ = std::move(error);
        XML_StopParser(parser_, XML_FALSE);
    }

    void start(std::string_view name) {
        if (++elements_ > xml_elements_max) {
            return fail(Error(ErrorCode::TooLarge, fmt::format("the XML document has more than {} "
                                                               "elements",
                                                               xml_elements_max)));
        }
        if (texts_.size() >= xml_depth_max) {
            return fail(
                Error(ErrorCode::TooLarge,
                      fmt::format("the XML document is deeper than {} elements", xml_depth_max)));
        }
        ends_.push_back(place_.size());
        place_ += place_.empty() ? "" : "/";
        place_ += name.substr(name.find(':') + 1); // npos + 1 is the whole name
        texts_.emplace_back();
    }

    void end() {
        const std::string text = std::move(texts_.back());
        texts_.pop_back();
        if (Status handled = handler_(place_, text); !handled) {
            fail(std::move(handled).error());
        }
        place_.resize(ends_.back());
        ends_.pop_back();
    }

    void text(std::string_view bytes) {
        if (texts_.empty()) {
            return;
        }
        if (texts_.back().size() + bytes.size() > xml_text_bytes_max) {
            return fail(Error(ErrorCode::TooLarge,
                              fmt::format("an element of the XML document has more than {} bytes "
                                          "of text",
                                          xml_text_bytes_max)));
        }
        texts_.back() += bytes;
    }

    const XML_Parser parser_;
    const XmlHandler& handler_;
    std::string place_;
    std::vector<std::size_t> ends_;  // of the place, before each open element
    std::vector<std::string> texts_; // of each open element
    std::size_t elements_ = 0;
    std::optional<Error> problem_;
};

} // namespace

Status read_xml(std::string_view document, const XmlHandler& handler) {
    if (document.size() > xml_bytes_max) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("the XML document is larger than {} bytes", xml_bytes_max));
    }
    const Parser parser(XML_ParserCreate(nullptr));
    if (!parser) {
        return failure(ErrorCode::Internal, "no memory to read XML");
    }
    Reading reading(parser.get(), handler);
    XML_SetUserData(parser.get(), &reading);
    XML_SetElementHandler(parser.get(), Reading::on_start, Reading::on_end);
    XML_SetCharacterDataHandler(parser.get(), Reading::on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), Reading::on_document_type);
    const auto outcome =
        XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
    if (reading.problem()) {
        return tl::unexpected<Error>(*reading.problem());
    }
    if (outcome != XML_STATUS_OK) {
        return failure(ErrorCode::Corrupt,
                       fmt::format("not well-formed XML at line {}: {}",
                                   XML_GetCurrentLineNumber(parser.get()),
                                   XML_ErrorString(XML_GetErrorCode(parser.get()))));
    }
    return {};
}

std::string xml_escape(std::string_view text) {
    static constexpr std::array<std::pair<char, std::string_view>, 5> entities{
        {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}}};
    std::string out;
    for (const char c : text) {
        std::string_view written(&c, 1);
        for (const auto& [character, entity] : entities) {
            written = c == character ? entity : written;
        }
        out += written;
    }
    return out;
}

} // namespace pedigree::artifacts
