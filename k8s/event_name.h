#pragma once
// EventName: whose event a line of a watch stream is, when the line is too large to be kept and
// read: the values of object.metadata.namespace and .name, picked from the bytes as they pass, in
// constant memory. Text inside of strings is no structure, so nothing in an object can pose as
// another's name. Pure; belongs to one decoder.

#include <array>
#include <string>
#include <string_view>

namespace pedigree::k8s {

class EventName {
  public:
    void feed(std::string_view bytes);
    // "namespace/name", or "name" without a namespace; "" if the line named none.
    std::string text() const;

  private:
    void structure(char c);
    void end_of_string();

    static constexpr std::size_t levels = 4; // event, object, metadata, name
    std::array<std::string, levels> keys_;   // the key that is open at each depth
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool value_next_ = false; // behind a colon
    std::string token_;
    std::string namespace_;
    std::string name_;
};

} // namespace pedigree::k8s
