#include <algorithm>

#include "bindings.hpp"
#include "tassei/suppress.hpp"

namespace tassei::bindings {

void bind_suppress(py::module_& m) {
    using namespace py::literals;

    // groups: groupings × people; counts: groups of each grouping
    m.def("suppress",
          [](const Array<std::int32_t>& groups, const std::vector<std::int32_t>& counts, std::int64_t least) {
              const auto all = view(groups);
              const auto people = counts.empty() ? 0 : all.size() / counts.size();
              std::vector<Grouping> groupings;
              for (std::size_t g = 0; g < counts.size(); ++g) {
                  groupings.push_back({all.subspan(g * people, people), counts[g]});
              }
              std::vector<std::vector<Shown>> shown;
              {
                  const py::gil_scoped_release release;  // the array is held by the caller
                  shown = suppress(groupings, least);
              }
              std::vector<py::array_t<std::uint8_t>> found;
              for (const auto& own : shown) {
                  py::array_t<std::uint8_t> codes(static_cast<py::ssize_t>(own.size()));
                  std::transform(own.begin(), own.end(), codes.mutable_data(),
                                 [](Shown s) { return static_cast<std::uint8_t>(s); });
                  found.push_back(std::move(codes));
              }
              return found;
          },
          py::arg("groups").noconvert(), "counts"_a, "least"_a);
}

}  // namespace tassei::bindings
