#include "tassei/arrow.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>
#include <vector>

#include "fuzz.hpp"
#include "tassei/column.hpp"
#include "tassei/error.hpp"
#include "tassei/text_index.hpp"

// A stream of anything. What no consumer can check is kept true here: buffers are as long as length and
// offset say, letters reach as far as the last offset, and what is not a null pointer points to memory.
namespace {

using fuzz::Decisions;
using namespace tassei;

const char* const formats[] = {"u", "U", "vu", "c", "C", "s", "S", "i", "I", "l", "L", "f", "g",
                               "tdD", "tdm", "tss:", "tsm:", "tsu:", "tsn:", "+l", "+L"};

class Producer {
public:
    explicit Producer(fuzz::Bytes bytes) : d_(bytes) {
        const auto kind = d_.pick(0, 22);
        format_ = kind <= 20 ? formats[kind] : d_.text(static_cast<std::size_t>(d_.pick(0, 6)));
        inner_format_ = formats[d_.pick(0, 20)];
        dictionary_ = d_.rarely(3);
        children_ = d_.rarely(9) ? d_.pick(0, 3) : format_.starts_with("+") ? 1 : 0;
        depth_ = d_.rarely(9) ? d_.pick(1, 3) : 1;
        chunks_ = d_.pick(0, 4);
    }

    ArrowArrayStream stream() {
        ++made;
        ArrowArrayStream stream{&get_schema, &get_next, d_.rarely(20) ? nullptr : &last_error, &release_stream, this};
        if (d_.rarely(40)) stream.get_next = nullptr;
        if (d_.rarely(40)) stream.get_schema = nullptr;
        return stream;
    }

    int made = 0;
    int released = 0;

private:
    static Producer& self(void* data) { return *static_cast<Producer*>(data); }
    static const char* last_error(ArrowArrayStream* s) { return self(s->private_data).d_.rarely(2) ? nullptr : "broken"; }
    static void release_stream(ArrowArrayStream* s) {
        ++self(s->private_data).released;
        s->release = nullptr;
    }
    static void release_schema(ArrowSchema* s) {
        ++self(s->private_data).released;
        s->release = nullptr;
    }
    static void release_array(ArrowArray* a) {
        ++self(a->private_data).released;
        a->release = nullptr;
    }

    ArrowSchema* inner_schema(int depth) {
        auto& made = schemas_.emplace_back();
        made = {inner_format_.c_str(), "", nullptr, 2, 0, nullptr, nullptr, nullptr, this};
        if (d_.rarely(40)) made.format = nullptr;
        if (depth > 1) made.dictionary = inner_schema(depth - 1);
        if (inner_format_.starts_with("+")) {
            auto*& child = schema_children_.emplace_back();
            if (depth > 1) child = inner_schema(depth - 1);
            made.n_children = 1;
            made.children = &child;
        }
        return &made;
    }

    static int get_schema(ArrowArrayStream* s, ArrowSchema* out) {
        auto& own = self(s->private_data);
        *out = {own.format_.c_str(), "", nullptr, 2, own.children_, nullptr, nullptr, &release_schema, &own};
        ++own.made;
        if (own.dictionary_) out->dictionary = own.inner_schema(own.depth_);
        if (own.children_ > 0 && !own.d_.rarely(20)) {
            own.top_children_.clear();
            for (int c = 0; c < own.children_; ++c)
                own.top_children_.push_back(own.d_.rarely(20) ? nullptr : own.inner_schema(own.depth_));
            out->children = own.top_children_.data();
        }
        if (own.d_.rarely(30)) out->format = nullptr;
        return own.d_.rarely(30) ? 5 : 0;
    }

    template <class T>
    void* numbers(std::int64_t size, bool small) {
        auto& buffer = buffers_.emplace_back(static_cast<std::size_t>(size) * sizeof(T));
        for (std::int64_t i = 0; i < size; ++i) {
            const auto value = small ? static_cast<T>(d_.any<std::uint8_t>() % 8) : d_.any<T>();
            std::memcpy(buffer.data() + static_cast<std::size_t>(i) * sizeof(T), &value, sizeof(T));
        }
        return buffer.data();
    }
    void* letters(std::int64_t size) {
        auto& buffer = buffers_.emplace_back(static_cast<std::size_t>(size));
        const auto text = d_.text(static_cast<std::size_t>(d_.pick(0, 40)));
        for (std::size_t i = 0; i < buffer.size(); ++i)
            buffer[i] = text.empty() ? std::uint8_t{' '} : static_cast<std::uint8_t>(text[i % text.size()]);
        return buffer.data();
    }
    /// Offsets that mostly rise by little; returns the last one.
    template <class Offset>
    std::int64_t offsets(std::vector<const void*>& out, std::int64_t offset, std::int64_t length) {
        auto& buffer = buffers_.emplace_back(static_cast<std::size_t>(offset + length + 1) * sizeof(Offset));
        Offset last = 0;
        for (std::size_t i = 0; i <= static_cast<std::size_t>(offset + length); ++i) {
            if (d_.rarely(60)) last = static_cast<Offset>(d_.any<std::int16_t>());
            else if (i > 0) last = static_cast<Offset>(last + d_.pick(0, 9));
            std::memcpy(buffer.data() + i * sizeof(Offset), &last, sizeof(Offset));
        }
        out.push_back(buffer.data());
        return last;
    }
    void* views(std::vector<std::int64_t>& sizes, std::int64_t size) {
        auto& buffer = buffers_.emplace_back(static_cast<std::size_t>(16 * size));
        for (std::int64_t i = 0; i < size; ++i) {
            std::int32_t field[4] = {d_.pick(0, 20), 0, 0, d_.pick(0, 30)};
            if (d_.rarely(20)) field[0] = d_.any<std::int32_t>();
            if (d_.rarely(20)) field[2] = d_.any<std::int8_t>();
            if (d_.rarely(20)) field[3] = d_.any<std::int32_t>();
            std::memcpy(buffer.data() + 16 * i, field, 16);
        }
        for (int b = d_.pick(0, 2); b >= 0; --b) sizes.push_back(d_.pick(0, 60));
        return buffer.data();
    }

    ArrowArray* array(const std::string& format, int depth) {
        auto& made = arrays_.emplace_back();
        std::int64_t length = d_.pick(0, 40);
        std::int64_t offset = d_.rarely(3) ? d_.pick(0, 20) : 0;
        auto& out = pointers_.emplace_back();
        const auto rows = length + offset;
        out.push_back(d_.rarely(2) ? letters(rows / 8 + 1) : nullptr);
        const bool indices = dictionary_ && depth == 0;
        if (format == "u" || format == "U") {
            const auto last = format == "u" ? offsets<std::int32_t>(out, offset, length) : offsets<std::int64_t>(out, offset, length);
            out.push_back(letters(std::max<std::int64_t>(last, 0)));
        } else if (format == "vu") {
            auto& sizes = sizes_.emplace_back();
            out.push_back(views(sizes, rows));
            for (const auto size : sizes) out.push_back(letters(size));
            out.push_back(sizes.data());
        } else if (format == "+l" || format == "+L") {
            if (format == "+l") (void)offsets<std::int32_t>(out, offset, length);
            else (void)offsets<std::int64_t>(out, offset, length);
        } else {
            const bool wide = format == "l" || format == "L" || format == "g" || (format.starts_with("t") && format != "tdD");
            const bool half = format == "s" || format == "S";
            const bool narrow = format == "c" || format == "C";
            const bool small = (indices || d_.rarely(3)) && !d_.rarely(20);
            out.push_back(wide ? numbers<std::int64_t>(rows, small) : half ? numbers<std::int16_t>(rows, small)
                          : narrow ? numbers<std::int8_t>(rows, small) : numbers<std::int32_t>(rows, small));
        }
        made = {length, d_.rarely(4) ? 0 : -1, offset, static_cast<std::int64_t>(out.size()), 0, out.data(), nullptr, nullptr, nullptr, this};
        if (dictionary_ && depth == 0 && !d_.rarely(20)) made.dictionary = array(inner_format_, 1);
        if (children_ > 0 && depth == 0 && !d_.rarely(20)) {
            auto& own = array_children_.emplace_back();
            for (int c = 0; c < children_; ++c) own.push_back(d_.rarely(20) ? nullptr : array(inner_format_, 1));
            made.n_children = children_;
            made.children = own.data();
        }
        // and now what can be told to be wrong
        if (d_.rarely(20)) made.length = -d_.any<std::uint16_t>();
        if (d_.rarely(20)) made.offset = d_.rarely(2) ? std::numeric_limits<std::int64_t>::max() - 3 : -7;
        if (d_.rarely(20)) made.n_buffers = d_.pick(0, static_cast<int>(out.size())) - 1;
        if (d_.rarely(20)) out[static_cast<std::size_t>(d_.pick(0, static_cast<int>(out.size()) - 1))] = nullptr;
        if (d_.rarely(40)) made.buffers = nullptr;
        return &made;
    }

    static int get_next(ArrowArrayStream* s, ArrowArray* out) {
        auto& own = self(s->private_data);
        *out = {};
        if (own.d_.rarely(30)) return 22;
        if (own.chunks_-- <= 0) return 0;
        *out = *own.array(own.format_, 0);
        out->release = &release_array;
        ++own.made;
        return 0;
    }

    Decisions d_;
    std::string format_;
    std::string inner_format_;
    bool dictionary_ = false;
    int children_ = 0;
    int depth_ = 1;
    int chunks_ = 0;
    std::deque<ArrowSchema> schemas_;
    std::deque<ArrowSchema*> schema_children_;
    std::vector<ArrowSchema*> top_children_;
    std::deque<ArrowArray> arrays_;
    std::deque<std::vector<ArrowArray*>> array_children_;
    std::deque<std::vector<const void*>> pointers_;
    std::deque<std::vector<std::int64_t>> sizes_;
    std::deque<std::vector<std::uint8_t>> buffers_;
};

TableData table_of(std::int64_t rows) {
    TableData table;
    std::vector<std::int32_t> people(static_cast<std::size_t>(rows));
    group(table, people, 1);  // of one person: threads, one for some people each, are slow to begin
    return table;
}

void read_texts(const ArrowColumn& column) {
    std::vector<std::int32_t> codes(static_cast<std::size_t>(column.rows()));
    std::vector<std::int32_t> found(codes.size());
    for (const bool trimmed : {false, true}) {
        TextIndex index(trimmed);
        index.add(column, codes);
        index.find(column, found);
        fuzz::expect(found == codes, "a text that was taken in is found");
        const auto size = static_cast<std::int32_t>(index.size());
        fuzz::expect(std::ranges::all_of(codes, [&](int code) { return code >= blank_text && code < size; }), "a number of a text");
    }
    if (column.format().type == CellType::number) return;
    const TextColumn texts(column);
    TextIndex index;
    index.add(column, codes);
    for (std::int64_t row = 0; row < texts.rows(); ++row) {
        const auto code = codes[static_cast<std::size_t>(row)];
        fuzz::expect(texts[row] == (code < 0 ? std::string_view{} : index[static_cast<std::size_t>(code)]), "the same text by row");
    }
    (void)blank_cells(texts, {});
    (void)identities(texts, table_of(texts.rows()));
}

void read_numbers(const ArrowColumn& column) {
    const auto values = column.values();
    (void)blank_cells(values, {});
    if (column.format().type == CellType::date) {
        const DateColumn dates(values, column.format().ticks);
        (void)outside(dates, -1000, 1000);
        if (values.rows() % 16 == 1) fuzz::expect(ends_before_start(dates, dates).empty(), "no day is before itself");
        for (std::int64_t row = 0; row < values.rows(); ++row) (void)dates[row];
    } else {
        const NumberColumn numbers(values);
        (void)uncountable(numbers);
        for (std::int64_t row = 0; row < values.rows(); ++row) (void)numbers[row];
        if (values.width() <= Width::uint16) (void)first_rows(values);  // greater codes take more memory
    }
}

void read(const ArrowColumn& column) {
    const auto& format = column.format();
    const bool number = format.type == CellType::number || format.type == CellType::date;
    const bool lists = format.type == CellType::list || format.type == CellType::large_list;
    if (lists) {
        const auto items = column.items();
        std::int64_t sum = 0;
        column.each_list([&](std::int64_t, bool, std::int64_t size) { sum += size; });
        fuzz::expect(sum == items.rows(), "as many items as the lists have");
        std::vector<std::int32_t> numbers(static_cast<std::size_t>(sum));
        std::iota(numbers.begin(), numbers.end(), -1);
        const std::vector<std::int32_t> words{0, 63, -1, 5};
        std::vector<std::uint64_t> has(static_cast<std::size_t>(column.rows()));
        std::vector<std::uint8_t> filled(has.size());
        unite_items(column, numbers, words, has, filled);
        read(items);
        return;
    }
    if (number && !format.encoded) read_numbers(column);
    else read_texts(column);
    if (format.type == CellType::number && !format.encoded && format.width < Width::float32) read_texts(column);
}

}  // namespace

void fuzz::arrow(Bytes bytes) {
    Producer producer(bytes);
    {
        auto stream = producer.stream();
        try {
            const auto column = ArrowColumn::take(stream);
            expect(stream.release == nullptr, "a stream that is taken over is marked as released");
            read(column);
        } catch (const EvidenceError&) {
        }
        if (stream.release != nullptr) stream.release(&stream);
    }
    expect(producer.made == producer.released, "what is handed over is released, once");
}
