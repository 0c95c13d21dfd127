#include "bindings.hpp"
#include "tassei/column.hpp"
#include "tassei/delimited.hpp"
#include "tassei/error.hpp"

namespace tassei::bindings {
namespace {

/// A column of anything that speaks Arrow's PyCapsule protocol.
ArrowColumn take(const py::object& source) {
    if (!py::hasattr(source, "__arrow_c_stream__"))
        throw EvidenceError("expected an Arrow column, came " +
                            py::cast<std::string>(py::str(py::type::of(source))));
    const py::object capsule = source.attr("__arrow_c_stream__")();
    auto* stream =
        static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
    if (stream == nullptr) throw py::error_already_set();
    return ArrowColumn::take(*stream);
}

/// An array of as many items as rows that `fill` writes without the GIL.
template <class T, class Fill>
py::array_t<T> filled(std::int64_t rows, const Fill& fill) {
    py::array_t<T> array(static_cast<py::ssize_t>(rows));
    const std::span<T> out(array.mutable_data(), static_cast<std::size_t>(rows));
    const py::gil_scoped_release release;  // the array is nobody else's yet
    fill(out);
    return array;
}

template <class T, class Number>
py::array_t<T> recoded(const Array<Number>& numbers, const Array<T>& table, T blank) {
    return filled<T>(numbers.size(), [from = view(numbers), by = view(table), blank](std::span<T> out) {
        recode(from, by, blank, out);
    });
}

/// By the width of the numbers, and of what they look up.
template <class Number>
void bind_recode(py::module_& m) {
    using namespace py::literals;
    const auto of = [&m]<class T>(T) {
        m.def("recode", &recoded<T, Number>, py::arg("numbers").noconvert(), py::arg("table").noconvert(), "blank"_a);
    };
    of(std::uint8_t{});
    of(std::uint16_t{});
    of(std::int32_t{});
    of(double{});
}

template <class T>
py::array_t<T> looked_up(const TextIndex& index, const ArrowColumn& column, const Array<T>& table, T blank) {
    return filled<T>(column.rows(), [&, by = view(table)](std::span<T> out) {
        index.recode(column, by, blank, out);
    });
}

DateColumn dates(const ArrowColumn& column) { return DateColumn(column.values(), column.format().ticks); }

}  // namespace

void bind_column(py::module_& m) {
    using namespace py::literals;
    py::class_<ArrowColumn>(m, "ArrowColumn")
        .def(py::init(&take), "source"_a)
        .def_property_readonly("rows", &ArrowColumn::rows)
        .def("items", &ArrowColumn::items)
        .def("parents", [](const ArrowColumn& lists) {
                 return to_array([&] {
                     Rows rows;  // by item: the row of its list, -1 where that is blank
                     lists.each_list([&](std::int64_t row, bool blank, std::int64_t items) {
                         rows.insert(rows.end(), static_cast<std::size_t>(items), blank ? -1 : row);
                     });
                     return rows;
                 });
             })
        .def_property_readonly("addresses", [](const ArrowColumn& column) {
            std::vector<std::uintptr_t> found;  // of the values, piece by piece
            const auto values = column.values();
            for (const auto& piece : values.pieces())
                found.push_back(reinterpret_cast<std::uintptr_t>(piece.data));
            return found;
        });

    py::class_<TextIndex>(m, "TextIndex")
        .def(py::init<bool>(), "trimmed"_a = false)
        .def("add", [](TextIndex& index, const ArrowColumn& column) {
                 return filled<std::int32_t>(column.rows(), [&](auto out) { index.add(column, out); });
             }, "column"_a)
        .def("find", [](const TextIndex& index, const ArrowColumn& column) {
                 return filled<std::int32_t>(column.rows(), [&](auto out) { index.find(column, out); });
             }, "column"_a)
        .def("scan", [](TextIndex& index, const ArrowColumn& column) {
                 const py::gil_scoped_release release;  // pure C++; the index is its maker's own
                 index.add(column);
             }, "column"_a)
        .def("recode", &looked_up<std::uint8_t>, "column"_a, py::arg("table").noconvert(), "blank"_a)
        .def("recode", &looked_up<std::uint16_t>, "column"_a, py::arg("table").noconvert(), "blank"_a)
        .def("recode", &looked_up<std::int32_t>, "column"_a, py::arg("table").noconvert(), "blank"_a)
        .def("recode", &looked_up<double>, "column"_a, py::arg("table").noconvert(), "blank"_a)
        .def("__len__", &TextIndex::size)
        .def("offsets", [](const TextIndex& index) {
                 return to_array([&] {
                     std::vector<std::int64_t> offsets{0};
                     for (std::size_t n = 0; n < index.size(); ++n)
                         offsets.push_back(offsets.back() + static_cast<std::int64_t>(index[n].size()));
                     return offsets;
                 });
             })
        .def("letters", [](const TextIndex& index) { return py::bytes(index.letters()); });

    bind_recode<std::int8_t>(m);
    bind_recode<std::int16_t>(m);
    bind_recode<std::int32_t>(m);
    m.def("line_ends_in_quotes", [](const py::buffer& text, char delimiter) {
              const auto bytes = text.request();
              const auto size = static_cast<std::size_t>(bytes.size * bytes.itemsize);
              const std::string_view seen(static_cast<const char*>(bytes.ptr), size);
              const py::gil_scoped_release release;  // the buffer is held
              return line_ends_in_quotes(seen, delimiter);
          }, "text"_a, "delimiter"_a);
    m.def("outside", [](const ArrowColumn& column, Day first, Day last) {
              return to_array([&] { return outside(dates(column), first, last); });
          }, "dates"_a, "first"_a, "last"_a);
    m.def("first_rows", [](const ArrowColumn& codes) {
              return to_array([&] { return first_rows(codes.values()); });
          }, "codes"_a);
    m.def("uncountable", [](const ArrowColumn& column) {
              return to_array([&] { return uncountable(NumberColumn(column.values())); });
          }, "numbers"_a);
    m.def("ends_before_start", [](const ArrowColumn& start, const ArrowColumn& end) {
              return to_array([&] { return ends_before_start(dates(start), dates(end)); });
          }, "start"_a, "end"_a);
    m.def("blank_cells", [](const ArrowColumn& column, const std::optional<Array<bool>>& good) {
              if (good && good->size() != column.rows()) throw EvidenceError("a mark for every row is needed");
              const auto rows = good ? view(*good) : std::span<const bool>{};
              const py::gil_scoped_release release;  // pure C++ on memory that the caller holds
              const auto type = column.format().type;
              const bool plain = !column.format().encoded && (type == CellType::number || type == CellType::date);
              return plain ? blank_cells(column.values(), rows) : blank_cells(TextColumn(column), rows);
          }, "column"_a, py::arg("good").noconvert() = py::none());
    m.def("unite_items", [](const ArrowColumn& lists, const Array<std::int32_t>& numbers,
                            const Array<std::int32_t>& word_of) {
              if (numbers.size() != lists.items().rows())
                  throw EvidenceError("a number for every item is needed");
              py::array_t<std::uint64_t> has(static_cast<py::ssize_t>(lists.rows()));
              py::array_t<std::uint8_t> known(static_cast<py::ssize_t>(lists.rows()));
              {
                  const auto rows = static_cast<std::size_t>(lists.rows());
                  const std::span<std::uint64_t> bits(has.mutable_data(), rows);
                  const std::span<std::uint8_t> cells(known.mutable_data(), rows);
                  const auto from = view(numbers);
                  const auto by = view(word_of);
                  const py::gil_scoped_release release;
                  unite_items(lists, from, by, bits, cells);
              }
              return py::make_tuple(has, known);
          }, "lists"_a, py::arg("numbers").noconvert(), py::arg("word_of").noconvert());
}

}  // namespace tassei::bindings
