#include "bindings.hpp"

#include <algorithm>

#include "tassei/digest.hpp"
#include "watched.hpp"

namespace tassei::bindings {

void bind_digest(py::module_& m) {
    using namespace py::literals;

    // columns: (number, tag, tags of words or sets, texts or None); each array is held by its tuple
    using Told = std::tuple<int, std::uint64_t, Array<std::uint64_t>, std::optional<ArrowColumn>>;
    m.def("digest", [](const Evidence& evidence, std::size_t table, const ArrowColumn& ids,
                       const std::vector<Told>& told, int threads) {
        std::vector<DigestColumn> columns;
        for (const auto& [number, tag, words, texts] : told) {
            columns.push_back({number, tag, view(words), {}});
            if (texts) columns.back().texts.emplace(*texts);
        }
        const auto persons = watched("digest", evidence.persons, [&] {
            return person_digests(evidence.tables.at(table), TextColumn(ids), columns, threads);
        });
        const auto whole = digest(persons);
        py::array_t<std::uint8_t> each({static_cast<py::ssize_t>(persons.size()), py::ssize_t{16}});
        auto* to = each.mutable_data();
        for (const auto& person : persons) to = std::ranges::copy(person, to).out;
        return py::make_tuple(py::bytes(reinterpret_cast<const char*>(whole.data()), whole.size()), each);
    }, "evidence"_a, "table"_a, "ids"_a, "columns"_a, "threads"_a);
}

}  // namespace tassei::bindings
