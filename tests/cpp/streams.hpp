#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tassei/arrow.hpp"

/// Arrow streams made by hand, byte by byte as the specification has them.
namespace streams {

using Texts = std::vector<std::optional<std::string>>;

/// An array with all that it points to. Copies share it.
struct Array {
    std::vector<std::shared_ptr<void>> kept;
    std::vector<const void*> buffers;
    std::vector<Array> children;
    std::shared_ptr<Array> dictionary;
    std::int64_t length = 0;
    std::int64_t offset = 0;
    std::int64_t null_count = 0;

    template <class T>
    void add(std::vector<T> values) {
        auto own = std::make_shared<std::vector<T>>(std::move(values));
        own->reserve(1);  // never nowhere
        buffers.push_back(own->data());
        kept.push_back(own);
    }
    void add_validity(const std::vector<bool>& valid) {
        std::vector<std::uint8_t> bits(valid.size() / 8 + 1);
        for (std::size_t i = 0; i < valid.size(); ++i) {
            if (valid[i]) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1 << (i % 8));
            null_count += valid[i] ? 0 : 1;
        }
        if (null_count > 0) add(std::move(bits));
        else buffers.push_back(nullptr);
    }
    [[nodiscard]] Array slice(std::int64_t from, std::int64_t rows) const {
        auto part = *this;
        part.offset += from;
        part.length = rows;
        part.null_count = null_count == 0 ? 0 : -1;
        return part;
    }
};

template <class T>
Array numbers(const std::vector<std::optional<T>>& cells) {
    Array array;
    std::vector<bool> valid;
    std::vector<T> values;
    for (const auto& cell : cells) {
        valid.push_back(cell.has_value());
        values.push_back(cell.value_or(T{99}));
    }
    array.length = static_cast<std::int64_t>(cells.size());
    array.add_validity(valid);
    array.add(std::move(values));
    return array;
}

inline std::vector<bool> filled(const Texts& cells) {
    std::vector<bool> valid;
    for (const auto& cell : cells) valid.push_back(cell.has_value());
    return valid;
}

/// `u` with 32-bit, `U` with 64-bit offsets.
template <class Offset>
Array texts(const Texts& cells) {
    Array array;
    std::vector<Offset> offsets{0};
    std::vector<char> letters;
    for (const auto& cell : cells) {
        const auto text = cell.value_or("garbage");
        letters.insert(letters.end(), text.begin(), text.end());
        offsets.push_back(static_cast<Offset>(letters.size()));
    }
    array.length = static_cast<std::int64_t>(cells.size());
    array.add_validity(filled(cells));
    array.add(std::move(offsets));
    array.add(std::move(letters));
    return array;
}

/// `vu`: texts of up to 12 letters in the view itself, others in two buffers by turns.
inline Array views(const Texts& cells) {
    Array array;
    std::vector<char> view(16 * cells.size());
    std::vector<char> letters[2];
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto text = cells[i].value_or("");
        const auto size = static_cast<std::int32_t>(text.size());
        char* at = view.data() + 16 * i;
        std::memcpy(at, &size, 4);
        if (size <= 12) {
            std::memcpy(at + 4, text.data(), text.size());
        } else {
            const std::int32_t buffer = static_cast<std::int32_t>(i % 2);
            const auto place = static_cast<std::int32_t>(letters[i % 2].size());
            std::memcpy(at + 4, text.data(), 4);
            std::memcpy(at + 8, &buffer, 4);
            std::memcpy(at + 12, &place, 4);
            letters[i % 2].insert(letters[i % 2].end(), text.begin(), text.end());
        }
    }
    array.length = static_cast<std::int64_t>(cells.size());
    array.add_validity(filled(cells));
    array.add(std::move(view));
    const std::vector<std::int64_t> sizes{static_cast<std::int64_t>(letters[0].size()),
                                          static_cast<std::int64_t>(letters[1].size())};
    array.add(std::move(letters[0]));
    array.add(std::move(letters[1]));
    array.add(sizes);
    return array;
}

template <class Index>
Array encoded(const std::vector<std::optional<Index>>& indices, Array words) {
    auto array = numbers<Index>(indices);
    array.dictionary = std::make_shared<Array>(std::move(words));
    return array;
}

/// `+l`; a blank list has no items.
template <class Offset = std::int32_t>
Array lists(const std::vector<std::optional<Offset>>& sizes, Array items) {
    Array array;
    std::vector<bool> valid;
    std::vector<Offset> offsets{0};
    for (const auto& size : sizes) {
        valid.push_back(size.has_value());
        offsets.push_back(static_cast<Offset>(offsets.back() + size.value_or(0)));
    }
    array.length = static_cast<std::int64_t>(sizes.size());
    array.add_validity(valid);
    array.add(std::move(offsets));
    array.children.push_back(std::move(items));
    return array;
}

/// What a stream is of: a format, and that of the dictionary or of the items.
struct Kind {
    std::string format;
    std::string words = {};
    std::string items = {};
};

/// How many things that were handed out have been released, and how many were handed out.
struct Ledger {
    int made = 0;
    int released = 0;
};

/// A producer of the C stream interface.
class Producer {
public:
    Producer(Kind kind, std::vector<Array> chunks, std::string failure = {})
        : kind_(std::move(kind)), chunks_(std::move(chunks)), failure_(std::move(failure)) {}

    [[nodiscard]] ArrowArrayStream stream() {
        ++ledger.made;
        return {&get_schema, &get_next, &last_error, &release_stream, this};
    }
    [[nodiscard]] tassei::ArrowColumn column() {
        auto given = stream();
        return tassei::ArrowColumn::take(given);
    }

    Ledger ledger;

private:
    static Producer& self(void* data) { return *static_cast<Producer*>(data); }

    static void release_schema(ArrowSchema* schema) {
        ++self(schema->private_data).ledger.released;
        schema->release = nullptr;
    }
    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
        auto& own = self(stream->private_data);
        const auto fill = [&](ArrowSchema& schema, const std::string& format) {
            schema = {format.c_str(), "", nullptr, 2, 0, nullptr, nullptr, nullptr, &own};
        };
        fill(*out, own.kind_.format);
        ++own.ledger.made;
        out->release = &release_schema;
        if (!own.kind_.words.empty()) {
            fill(own.inner_, own.kind_.words);
            out->dictionary = &own.inner_;
        }
        if (!own.kind_.items.empty()) {
            fill(own.inner_, own.kind_.items);
            own.child_ = &own.inner_;
            out->n_children = 1;
            out->children = &own.child_;
        }
        return 0;
    }
    static void release_array(ArrowArray* array) {
        ++self(array->private_data).ledger.released;
        array->release = nullptr;
    }
    ArrowArray& describe(Array& array) {
        auto& out = described_.emplace_back();
        out = {array.length, array.null_count, array.offset,
               static_cast<std::int64_t>(array.buffers.size()), 0, array.buffers.data(), nullptr, nullptr,
               nullptr, this};
        if (array.dictionary) out.dictionary = &describe(*array.dictionary);
        if (!array.children.empty()) {
            auto& child = children_.emplace_back(&describe(array.children.front()));
            out.n_children = 1;
            out.children = &child;
        }
        return out;
    }
    static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
        auto& own = self(stream->private_data);
        *out = {};
        if (own.next_ == own.chunks_.size()) return own.failure_.empty() ? 0 : 5;
        *out = own.describe(own.chunks_[own.next_++]);
        out->release = &release_array;
        ++own.ledger.made;
        return 0;
    }
    static const char* last_error(ArrowArrayStream* stream) { return self(stream->private_data).failure_.c_str(); }
    static void release_stream(ArrowArrayStream* stream) {
        ++self(stream->private_data).ledger.released;
        stream->release = nullptr;
    }

    Kind kind_;
    std::vector<Array> chunks_;
    std::string failure_;
    std::size_t next_ = 0;
    ArrowSchema inner_{};
    ArrowSchema* child_ = nullptr;
    std::deque<ArrowArray> described_;
    std::deque<ArrowArray*> children_;
};

}  // namespace streams
