#include "bindings.hpp"
#include "tassei/restore.hpp"

namespace tassei::bindings {
namespace {

template <class To, class From>
std::vector<To> copied(const Array<From>& array) {
    static_assert(sizeof(To) == sizeof(From));
    const auto* data = reinterpret_cast<const To*>(array.data());
    return {data, data + array.size()};
}

}  // namespace

void bind_restore(py::module_& m) {
    using namespace py::literals;

    m.def("restore", [](std::shared_ptr<Plan> plan, std::shared_ptr<Evidence> evidence, Day as_of,
                        std::vector<int> min_verification, int threads, const Array<std::int32_t>& level,
                        const Array<std::int32_t>& possible_level, const Array<std::uint8_t>& level_basis,
                        const Array<std::uint8_t>& status, const Array<std::uint8_t>& basis,
                        const Array<double>& score) {
        Assessment found;
        found.level = copied<std::int32_t>(level);
        found.possible_level = copied<std::int32_t>(possible_level);
        found.level_basis = copied<Basis>(level_basis);
        found.status = copied<Truth>(status);
        found.basis = copied<Basis>(basis);
        const auto sheets = static_cast<Eigen::Index>(plan->sheets.size());
        const auto persons = sheets == 0 ? 0 : static_cast<Eigen::Index>(score.size()) / sheets;
        found.score = Eigen::Map<const Scores>(score.data(), persons, sheets);
        auto restored = std::make_shared<Assessment>(
            restore(std::move(plan), evidence, {as_of, std::move(min_verification), threads, {}}, std::move(found)));
        return tied(std::move(restored), evidence);
    }, "plan"_a, "evidence"_a, "as_of"_a, "min_verification"_a, "threads"_a, py::arg("level").noconvert(),
       py::arg("possible_level").noconvert(), py::arg("level_basis").noconvert(), py::arg("status").noconvert(),
       py::arg("basis").noconvert(), py::arg("score").noconvert());
    m.def("persons_of_rows", [](const Evidence& evidence, std::size_t table) {
        return to_array([&] { return persons_of_rows(evidence.tables.at(table)); });
    }, "evidence"_a, "table"_a);
}

}  // namespace tassei::bindings
