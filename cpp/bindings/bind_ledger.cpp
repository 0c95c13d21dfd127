#include "bindings.hpp"
#include "tassei/ledger.hpp"
#include "watched.hpp"

namespace tassei::bindings {
namespace {

/// A column of a ledger, seen without a copy.
template <class Seen, auto Member>
py::array column(const py::object& self) {
    const auto& values = self.cast<const Ledger&>().*Member;
    static_assert(sizeof(Seen) == sizeof(values[0]));
    return lend(reinterpret_cast<const Seen*>(values.data()), {static_cast<py::ssize_t>(values.size())}, self);
}

}  // namespace

void bind_ledger(py::module_& m) {
    using namespace py::literals;

    py::class_<Inquiry>(m, "Inquiry")
        .def_readonly("sheet", &Inquiry::sheet)
        .def_readonly("criterion", &Inquiry::criterion)
        .def_readonly("deeming", &Inquiry::deeming)
        .def_readonly("node", &Inquiry::node)
        .def_readonly("nested", &Inquiry::nested)
        .def_property_readonly("table", [](const Inquiry& q) { return q.quantity.table; });

    py::class_<Ledger, std::shared_ptr<Ledger>>(m, "Ledger")
        .def_readonly("inquiries", &Ledger::inquiries)
        .def_property_readonly("person", column<std::int32_t, &Ledger::person>)
        .def_property_readonly("inquiry", column<std::int32_t, &Ledger::inquiry>)
        .def_property_readonly("row", column<std::int64_t, &Ledger::row>)
        .def_property_readonly("counts", column<std::uint8_t, &Ledger::counts>)
        .def_property_readonly("days", column<double, &Ledger::days>)
        .def_property_readonly("low", column<double, &Ledger::low>)
        .def_property_readonly("high", column<double, &Ledger::high>)
        .def_property_readonly("grade", column<std::int16_t, &Ledger::grade>)
        .def_property_readonly("possible_grade", column<std::int16_t, &Ledger::possible_grade>)
        .def_property_readonly("why", column<std::uint8_t, &Ledger::why>)
        .def_property_readonly("condition", column<std::int32_t, &Ledger::condition>);

    m.def("ledger", [](const Assessment& assessment, const Array<std::int64_t>& persons,
                       const std::vector<int>& sheets) {
        // the assessment is immutable, and held by this call
        return watched("ledger", persons.size(), [&, wanted = view(persons)] {
            return std::make_shared<Ledger>(ledger(assessment, wanted, sheets));
        });
    }, "assessment"_a, py::arg("persons").noconvert(), "sheets"_a);
}

}  // namespace tassei::bindings
