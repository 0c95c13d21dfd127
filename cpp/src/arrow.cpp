#include "tassei/arrow.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "tassei/error.hpp"

namespace tassei {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;

std::optional<Width> width_named(std::string_view format) {
    constexpr std::string_view names = "cCsSiIlLfg";
    const auto at = format.size() == 1 ? names.find(format.front()) : std::string_view::npos;
    if (at == std::string_view::npos) return {};
    return static_cast<Width>(at);
}

/// Dates and moments: `tdD`, `tdm`, `tss:`, `tsm:`, `tsu:`, `tsn:`.
bool read_date(std::string_view format, ArrowFormat& found) {
    found.type = CellType::date;
    found.width = Width::int64;
    if (format == "tdD") {
        found.width = Width::int32;
        return true;
    }
    if (format == "tdm") {
        found.ticks = seconds_a_day * 1000;
        return true;
    }
    // a moment in a time zone is of no day until somebody says of which
    if (format.size() != 4 || !format.starts_with("ts") || format[3] != ':') return false;
    const auto at = std::string_view("smun").find(format[2]);
    if (at == std::string_view::npos) return false;
    constexpr std::int64_t parts[] = {1, 1000, 1'000'000, 1'000'000'000};
    found.ticks = seconds_a_day * parts[at];
    return true;
}

/// `inner`: of a dictionary or of the items of a list, which are plain.
ArrowFormat read_format(const ArrowSchema& schema, bool inner = false) {
    if (schema.format == nullptr) throw EvidenceError("a broken Arrow schema came: no format");
    const std::string_view format = schema.format;
    const auto refuse = [&] {
        throw EvidenceError("cells of the Arrow type '" + std::string(format) + "' hold no evidence");
    };
    ArrowFormat found;
    const bool lists = format == "+l" || format == "+L";
    if (schema.dictionary != nullptr) {
        if (schema.dictionary->dictionary != nullptr || schema.dictionary->n_children != 0) refuse();
        found = read_format(*schema.dictionary, true);
        const auto width = width_named(format);
        const bool text = found.type == CellType::utf8 || found.type == CellType::large_utf8 ||
                          found.type == CellType::utf8_view;
        if (!width || *width >= Width::float32 || !text) refuse();
        found.width = *width;
        found.encoded = true;
        return found;
    }
    if (const auto width = width_named(format)) {
        found.width = *width;
    } else if (format == "u" || format == "U" || format == "vu") {
        found.type = format == "u" ? CellType::utf8 : format == "U" ? CellType::large_utf8 : CellType::utf8_view;
    } else if (lists) {
        found.type = format == "+l" ? CellType::list : CellType::large_list;
        const bool has_items = schema.n_children == 1 && schema.children != nullptr && schema.children[0] != nullptr;
        if (inner || !has_items) refuse();
        found.items = std::make_shared<const ArrowFormat>(read_format(*schema.children[0], true));
    } else if (!read_date(format, found)) {
        refuse();
    }
    return found;
}

/// A struct of the interface, released with its last owner.
template <class Struct>
struct Released : Struct {
    Released() : Struct{} {}
    Released(const Released&) = delete;
    Released& operator=(const Released&) = delete;
    ~Released() {
        if (this->release != nullptr) this->release(this);
    }
};

[[noreturn]] void refuse(const std::string& what) {
    throw EvidenceError("a broken Arrow array came: " + what);
}

/// Throws unless offsets rise from 0 or more; returns the last one.
template <class Offset>
std::int64_t last_offset(const ArrowArray& array) {
    const auto* ends = static_cast<const Offset*>(array.buffers[1]) + array.offset;
    bool falls = ends[0] < 0;
    for (std::int64_t i = 0; i < array.length; ++i) falls |= ends[i + 1] < ends[i];  // no branch a row
    if (falls) refuse("offsets that fall");
    return ends[array.length];
}

/// Whether two dictionaries are the same memory: chunks mostly share theirs.
bool same(const ArrowArray& a, const ArrowArray& b) {
    return a.length == b.length && a.offset == b.offset && a.n_buffers == b.n_buffers && b.buffers != nullptr &&
           std::equal(a.buffers, a.buffers + a.n_buffers, b.buffers);
}

/// Throws unless the array has what its format needs. How long a buffer is, nobody says: a length or an
/// offset that is too great cannot be found, nor can an address that is wrong. `right`: the last dictionary
/// that was looked at.
void check(const ArrowArray& array, const ArrowFormat& format, const ArrowArray*& right) {
    if (array.length < 0 || array.offset < 0) refuse("a negative length");
    constexpr auto most = std::numeric_limits<std::int64_t>::max() / 64;
    if (array.length > most || array.offset > most) refuse("a length beyond all memory");
    if (format.encoded) {
        if (array.dictionary == nullptr) refuse("no dictionary");
        auto plain = format;
        plain.encoded = false;
        if (right == nullptr || !same(*right, *array.dictionary)) check(*array.dictionary, plain, right);
        right = array.dictionary;
    }
    const auto type = format.encoded ? CellType::number : format.type;
    const bool texts = type == CellType::utf8 || type == CellType::large_utf8;
    const bool lists = type == CellType::list || type == CellType::large_list;
    if (array.n_buffers < (texts ? 3 : 2) || array.buffers == nullptr) refuse("too few buffers");
    if (array.length > 0 && array.buffers[1] == nullptr) refuse("an empty buffer");
    if (lists && (array.n_children != 1 || array.children == nullptr || array.children[0] == nullptr))
        refuse("a list without items");
    if (lists) check(*array.children[0], *format.items, right);
    if (array.length > 0 && (texts || lists)) {
        const bool large = type == CellType::large_utf8 || type == CellType::large_list;
        const auto last = large ? last_offset<std::int64_t>(array) : last_offset<std::int32_t>(array);
        if (texts && last > 0 && array.buffers[2] == nullptr) refuse("an empty buffer");
        if (lists && last > array.children[0]->length) refuse("lists end beyond their items");
    }
}

}  // namespace

void refuse_view() { refuse("a text beyond its buffer"); }

ArrowColumn ArrowColumn::take(ArrowArrayStream& given) {
    struct Memory {
        Released<ArrowArrayStream> stream;
        std::vector<std::unique_ptr<Released<ArrowArray>>> arrays;
    };
    if (given.release == nullptr || given.get_schema == nullptr || given.get_next == nullptr)
        throw EvidenceError("the Arrow stream has been read already");
    auto memory = std::make_shared<Memory>();
    auto& stream = memory->stream;
    static_cast<ArrowArrayStream&>(stream) = given;
    given.release = nullptr;
    const auto demand = [&](int failed) {
        if (failed == 0) return;
        const char* said = stream.get_last_error != nullptr ? stream.get_last_error(&stream) : nullptr;
        throw EvidenceError(std::string("the Arrow stream broke off: ") +
                            (said != nullptr ? said : std::strerror(failed)));
    };
    Released<ArrowSchema> schema;
    demand(stream.get_schema(&stream, &schema));
    ArrowColumn column;
    column.format_ = std::make_shared<const ArrowFormat>(read_format(schema));
    const ArrowArray* right = nullptr;
    for (;;) {
        auto array = std::make_unique<Released<ArrowArray>>();
        demand(stream.get_next(&stream, array.get()));
        if (array->release == nullptr) break;
        check(*array, *column.format_, right);
        if (array->length > 0) {
            column.chunks_.push_back({array.get(), column.rows_, array->length, array->offset});
            column.rows_ += array->length;
            if (column.rows_ > std::numeric_limits<std::int64_t>::max() / 64) refuse("a length beyond all memory");
        }
        memory->arrays.push_back(std::move(array));
    }
    column.owner_ = std::move(memory);
    return column;
}

ArrowColumn ArrowColumn::items() const {
    ArrowColumn found;
    found.format_ = format_->items;
    found.owner_ = owner_;
    const bool large = format_->type == CellType::large_list;
    for (const auto& chunk : chunks_) {
        const auto begin = bounds(chunk, 0, large).first;
        const auto end = bounds(chunk, chunk.rows - 1, large).second;
        const auto* child = chunk.array->children[0];
        if (end == begin) continue;
        found.chunks_.push_back({child, found.rows_, end - begin, child->offset + begin});
        found.rows_ += end - begin;
    }
    return found;
}

Values ArrowColumn::values() const {
    if (format_->encoded || (format_->type != CellType::number && format_->type != CellType::date))
        throw EvidenceError("no column of numbers or dates");
    std::vector<Piece> pieces;
    for (const auto& chunk : chunks_)
        with_width(format_->width, [&](const auto* type) {
            const void* data = static_cast<decltype(type)>(chunk.array->buffers[1]) + chunk.offset;
            pieces.push_back({chunk.first, chunk.rows, data, chunk.valid()});
        });
    return {format_->width, std::move(pieces), owner_};
}

}  // namespace tassei
