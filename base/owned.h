#pragma once
// Owned<T, free>: a unique_ptr to an object of a C library, released by that library's function:
//
//     using Certificate = Owned<X509, X509_free>;

#include <memory>

namespace pedigree {

template <auto release>
struct Release {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};

template <typename T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

} // namespace pedigree
