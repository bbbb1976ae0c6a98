#include "net/server/request_reader.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/format.h>

namespace pedigree::net {

namespace http = boost::beast::http;

struct RequestReader::Parsing {
    boost::beast::flat_buffer buffer;
    std::optional<http::request_parser<http::buffer_body>> parser;
};

RequestReader::RequestReader(RequestLimits limits)
    : limits_(limits), parsing_(std::make_unique<Parsing>()) {
    begin();
}

RequestReader::~RequestReader() = default;

void RequestReader::begin() {
    auto& parser = parsing_->parser.emplace();
    parser.header_limit(limits_.header_bytes_max);
    parser.body_limit(limits_.body_bytes_max);
}

std::span<char> RequestReader::room(std::size_t bytes) {
    const auto place = parsing_->buffer.prepare(bytes);
    return {static_cast<char*>(place.data()), place.size()};
}

void RequestReader::received(std::size_t bytes) {
    parsing_->buffer.commit(bytes);
}

bool RequestReader::has_bytes() const {
    return parsing_->buffer.size() > 0;
}

void RequestReader::drop_bytes() {
    parsing_->buffer.clear();
}

void RequestReader::shrink(std::size_t bytes_max) {
    if (parsing_->buffer.capacity() > bytes_max) {
        parsing_->buffer.shrink_to_fit();
    }
}

RequestReader::Head RequestReader::read_head() {
    auto& parser = *parsing_->parser;
    boost::system::error_code outcome;
    parsing_->buffer.consume(parser.put(parsing_->buffer.data(), outcome));
    if (parser.is_header_done()) {
        parser.eager(true);
        return Head::Complete;
    }
    if (!outcome || outcome == http::error::need_more) {
        return Head::Incomplete;
    }
    const int status = outcome == http::error::header_limit ? 431
                       : outcome == http::error::body_limit ? 413
                                                            : 400;
    refusal_ = {status, outcome.message()};
    return Head::Refused;
}

ServerRequest RequestReader::request() const {
    const auto& parser = *parsing_->parser;
    const auto& head = parser.get();
    ServerRequest request;
    request.method = std::string(head.method_string());
    request.target = std::string(head.target());
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    request.query = question == std::string::npos ? "" : request.target.substr(question + 1);
    for (const auto& field : head) {
        request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    if (const auto length = parser.content_length()) {
        request.body_bytes = *length;
    } else if (!parser.chunked()) {
        request.body_bytes = 0;
    }
    return request;
}

bool RequestReader::keeps_alive() const {
    return parsing_->parser->get().keep_alive();
}

bool RequestReader::is_old_client() const {
    return parsing_->parser->get().version() < 11;
}

Result<std::size_t> RequestReader::read_body(std::span<char> buffer) {
    auto& parser = *parsing_->parser;
    while (!parser.is_done() && parsing_->buffer.size() > 0) {
        auto& body = parser.get().body();
        body.data = buffer.data();
        body.size = buffer.size();
        boost::system::error_code outcome;
        parsing_->buffer.consume(parser.put(parsing_->buffer.data(), outcome));
        if (outcome == http::error::body_limit) {
            return failure(
                ErrorCode::TooLarge,
                fmt::format("the request's body is larger than {} bytes", limits_.body_bytes_max));
        }
        if (outcome && outcome != http::error::need_more && outcome != http::error::need_buffer) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("malformed request body: {}", outcome.message()));
        }
        if (const auto count = buffer.size() - body.size; count > 0) {
            return count;
        }
        if (outcome) { // more bytes, or more room
            break;
        }
    }
    return 0;
}

bool RequestReader::body_complete() const {
    return parsing_->parser->is_done();
}

} // namespace pedigree::net
