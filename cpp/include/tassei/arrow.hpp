#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "tassei/values.hpp"

// The C structs of the Arrow C data and stream interfaces, declared here as their specification asks
// (arrow.apache.org/docs/format/CDataInterface.html): no Arrow library is needed to read a column.
extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    std::int64_t flags;
    std::int64_t n_children;
    ArrowSchema** children;
    ArrowSchema* dictionary;
    void (*release)(ArrowSchema*);
    void* private_data;
};
struct ArrowArray {
    std::int64_t length;
    std::int64_t null_count;
    std::int64_t offset;
    std::int64_t n_buffers;
    std::int64_t n_children;
    const void** buffers;
    ArrowArray** children;
    ArrowArray* dictionary;
    void (*release)(ArrowArray*);
    void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
    int (*get_next)(ArrowArrayStream*, ArrowArray* out);
    const char* (*get_last_error)(ArrowArrayStream*);
    void (*release)(ArrowArrayStream*);
    void* private_data;
};
#endif
}

/// Columns that other programs hand over through Arrow's C stream, seen where they lie.
namespace tassei {

enum class CellType {
    number,      ///< of any width
    date,        ///< days or parts of days since 1970-01-01
    utf8,        ///< offsets of 32 bits
    large_utf8,  ///< offsets of 64 bits
    utf8_view,
    list,        ///< offsets of 32 bits
    large_list,  ///< offsets of 64 bits
};

/// What the cells of an Arrow array are.
struct ArrowFormat {
    CellType type = CellType::number;
    Width width = Width::int32;  ///< of numbers, dates, and the indices into a dictionary
    std::int64_t ticks = 1;      ///< of dates: units in a day
    bool encoded = false;        ///< indices into a dictionary of such cells
    std::shared_ptr<const ArrowFormat> items;  ///< of lists
};

/// Neighbouring rows of a column, in one array.
struct ArrowChunk {
    const ArrowArray* array = nullptr;
    std::int64_t first = 0;   ///< row in the column
    std::int64_t rows = 0;
    std::int64_t offset = 0;  ///< of the first row in the array's buffers

    [[nodiscard]] Validity valid() const {
        const bool all = array->null_count == 0 || array->n_buffers == 0;
        return {all ? nullptr : static_cast<const std::uint8_t*>(array->buffers[0]), offset};
    }
    template <class T>
    [[nodiscard]] const T* buffer(int index) const {
        return static_cast<const T*>(array->buffers[index]);
    }
};

[[noreturn]] void refuse_view();

/// The text at a place in the buffers of an array of texts.
[[nodiscard]] inline std::string_view text_at(CellType type, const ArrowArray& array, std::int64_t at) {
    if (type == CellType::utf8_view) {
        // 16 bytes: the length, then the text if it fits, else its beginning, its buffer and its place there
        const auto* view = static_cast<const char*>(array.buffers[1]) + 16 * at;
        std::int32_t field[4];
        std::memcpy(field, view, 16);
        const auto size = static_cast<std::size_t>(field[0]);
        if (size <= 12) return {view + 4, size};
        const auto buffers = array.n_buffers - 3;  // and after them, how long each of them is
        if (field[0] < 0 || field[2] < 0 || field[2] >= buffers || field[3] < 0) refuse_view();
        const auto* sizes = static_cast<const std::int64_t*>(array.buffers[array.n_buffers - 1]);
        const auto* letters = static_cast<const char*>(array.buffers[2 + field[2]]);
        if (sizes == nullptr || letters == nullptr || std::int64_t{field[0]} + field[3] > sizes[field[2]]) refuse_view();
        return {letters + field[3], size};
    }
    const auto* letters = static_cast<const char*>(array.buffers[2]);
    const auto cut = [&](const auto* ends) {
        return std::string_view(letters + ends[at], static_cast<std::size_t>(ends[at + 1] - ends[at]));
    };
    if (type == CellType::large_utf8) return cut(static_cast<const std::int64_t*>(array.buffers[1]));
    return cut(static_cast<const std::int32_t*>(array.buffers[1]));
}

/// A column of a stream; copies share its memory.
class ArrowColumn {
public:
    /// Takes over a stream and reads it to its end. Throws EvidenceError where the producer fails, breaks
    /// the interface, or hands over cells of a type that nobody keeps evidence in.
    [[nodiscard]] static ArrowColumn take(ArrowArrayStream& stream);

    [[nodiscard]] const ArrowFormat& format() const { return *format_; }
    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] const std::vector<ArrowChunk>& chunks() const { return chunks_; }

    /// The items of a list column, one list after the other.
    [[nodiscard]] ArrowColumn items() const;

    /// Calls `act(row, blank, items)` with the number of items of each list; a blank one may hold some.
    template <class Act>
    void each_list(const Act& act) const {
        const bool large = format_->type == CellType::large_list;
        for (const auto& chunk : chunks_) {
            const auto valid = chunk.valid();
            for (std::int64_t i = 0; i < chunk.rows; ++i) {
                const auto [begin, end] = bounds(chunk, i, large);
                act(chunk.first + i, !valid[i], end - begin);
            }
        }
    }

    /// Numbers or dates, where they lie.
    [[nodiscard]] Values values() const;

private:
    static std::pair<std::int64_t, std::int64_t> bounds(const ArrowChunk& chunk, std::int64_t i, bool large) {
        const auto at = chunk.offset + i;
        if (large) return {chunk.buffer<std::int64_t>(1)[at], chunk.buffer<std::int64_t>(1)[at + 1]};
        return {chunk.buffer<std::int32_t>(1)[at], chunk.buffer<std::int32_t>(1)[at + 1]};
    }

    std::shared_ptr<const ArrowFormat> format_;
    std::vector<ArrowChunk> chunks_;
    std::int64_t rows_ = 0;
    std::shared_ptr<const void> owner_;
};

}  // namespace tassei
