#include "tassei/arrow.hpp"

#include <cstring>
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

ArrowFormat read_format(const ArrowSchema& schema) {
    const std::string_view format = schema.format;
    const auto refuse = [&] {
        throw EvidenceError("cells of the Arrow type '" + std::string(format) + "' hold no evidence");
    };
    ArrowFormat found;
    if (schema.dictionary != nullptr) {
        found = read_format(*schema.dictionary);
        const auto width = width_named(format);
        const bool text = found.type == CellType::utf8 || found.type == CellType::large_utf8 ||
                          found.type == CellType::utf8_view;
        if (!width || found.encoded || !text) refuse();
        found.width = *width;
        found.encoded = true;
        return found;
    }
    if (const auto width = width_named(format)) {
        found.width = *width;
    } else if (format == "u" || format == "U" || format == "vu") {
        found.type = format == "u" ? CellType::utf8 : format == "U" ? CellType::large_utf8 : CellType::utf8_view;
    } else if (format == "+l" || format == "+L") {
        found.type = format == "+l" ? CellType::list : CellType::large_list;
        if (schema.n_children != 1) refuse();
        found.items = std::make_shared<const ArrowFormat>(read_format(*schema.children[0]));
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

/// Throws unless the array has the buffers that its format needs.
void check(const ArrowArray& array, const ArrowFormat& format) {
    const auto refuse = [](const std::string& what) {
        throw EvidenceError("a broken Arrow array came: " + what);
    };
    if (array.length < 0 || array.offset < 0) refuse("a negative length");
    if (format.encoded) {
        if (array.dictionary == nullptr) refuse("no dictionary");
        auto plain = format;
        plain.encoded = false;
        check(*array.dictionary, plain);
    }
    const bool plain = format.encoded || format.type == CellType::number || format.type == CellType::date;
    const bool lists = !format.encoded && format.items != nullptr;
    const std::int64_t buffers = plain || lists ? 2 : format.type == CellType::utf8_view ? 2 : 3;
    if (array.n_buffers < buffers) refuse("too few buffers");
    if (array.length > 0 && array.buffers[1] == nullptr) refuse("an empty buffer");
    if (lists) {
        if (array.n_children != 1) refuse("a list without items");
        check(*array.children[0], *format.items);
    }
}

}  // namespace

ArrowColumn ArrowColumn::take(ArrowArrayStream& given) {
    struct Memory {
        Released<ArrowArrayStream> stream;
        std::vector<std::unique_ptr<Released<ArrowArray>>> arrays;
    };
    auto memory = std::make_shared<Memory>();
    auto& stream = memory->stream;
    static_cast<ArrowArrayStream&>(stream) = given;
    given.release = nullptr;
    const auto demand = [&](int failed) {
        if (failed == 0) return;
        const char* said = stream.get_last_error(&stream);
        throw EvidenceError(std::string("the Arrow stream broke off: ") +
                            (said != nullptr ? said : std::strerror(failed)));
    };
    Released<ArrowSchema> schema;
    demand(stream.get_schema(&stream, &schema));
    ArrowColumn column;
    column.format_ = std::make_shared<const ArrowFormat>(read_format(schema));
    for (;;) {
        auto array = std::make_unique<Released<ArrowArray>>();
        demand(stream.get_next(&stream, array.get()));
        if (array->release == nullptr) break;
        check(*array, *column.format_);
        if (array->length > 0) {
            column.chunks_.push_back({array.get(), column.rows_, array->length, array->offset});
            column.rows_ += array->length;
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
        if (begin < 0 || end < begin || end > child->length)
            throw EvidenceError("a broken Arrow array came: lists end beyond their items");
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
