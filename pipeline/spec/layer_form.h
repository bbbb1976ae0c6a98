#pragma once
// The form in which layers are written (spec.image.layers): gzip, or an eStargz, which is gzip with
// a table of contents (imagebuild/layer/stargz.h).

#include "base/words.h"

namespace pedigree::spec {

enum class LayerForm { Gzip, Estargz };

inline Words<LayerForm> words_of(LayerForm) {
    static constexpr Word<LayerForm> table[] = {{LayerForm::Gzip, "Gzip"},
                                                {LayerForm::Estargz, "Estargz"}};
    return table;
}

} // namespace pedigree::spec
