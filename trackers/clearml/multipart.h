#pragma once
// Multipart: a body of multipart/form-data (RFC 7578, RFC 2046 5.1.1) taken apart while it comes,
// in constant memory, whatever the files in it weigh:
//
//     TRY(auto multipart, Multipart::of(content_type));
//     while (bytes come) {
//         TRY(multipart.feed(bytes, sink));   // begin(name), data(..) .., end(), for each part
//     }
//     multipart.is_whole();                   // else it was cut off: the last part is no file
//
// The name is that of the form's field, which is a file's path for ClearML. One thread.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::trackers::clearml {

struct PartSink {
    std::function<Status(const std::string& name)> begin;
    std::function<Status(std::string_view bytes)> data;
    std::function<Status()> end;
};

class Multipart {
  public:
    // InvalidInput: another content type, or no boundary of 1 to 70 bytes.
    static Result<Multipart> of(std::string_view content_type);

    // InvalidInput: what is no such body. TooLarge: a part's head is longer than
    // clearml_part_head_bytes_max. What the sink fails with is handed on.
    Status feed(std::string_view bytes, const PartSink& sink);
    bool is_whole() const { return at_ == At::End; }

  private:
    enum class At { Preamble, Head, Data, Delimiter, End };

    explicit Multipart(std::string boundary);
    Result<bool> step(const PartSink& sink);
    Result<bool> take_head(const PartSink& sink);
    Result<bool> take_data(const PartSink& sink);
    Result<bool> take_delimiter();

    std::string delimiter_; // "\r\n--" and the boundary
    std::string rest_;      // what came and was not taken yet
    At at_ = At::Preamble;
};

} // namespace pedigree::trackers::clearml
