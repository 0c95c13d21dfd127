#include "tassei/unknown.hpp"

#include <algorithm>

#include "person.hpp"
#include "shares.hpp"

namespace tassei {
namespace {

constexpr std::int64_t block = 256;

/// Adds the telling records of one person.
void look(PersonEvaluator& evaluator, const Assessment& a, std::int64_t person,
          std::vector<TellingRecord>& found) {
    const auto& plan = *a.plan;
    const auto p = static_cast<std::size_t>(person);
    const auto specialties = plan.ladder.size();
    const auto* level = a.level.data() + p * specialties;
    const auto* possible = a.possible_level.data() + p * specialties;
    if (std::equal(level, level + specialties, possible)) return;
    for (std::size_t t = 0; t < a.evidence->tables.size(); ++t) {
        const auto& data = a.evidence->tables[t];
        if (!data.supplied) continue;
        for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
            evaluator.fill(static_cast<int>(t), place);
            evaluator.read(person, person + 1);
            evaluator.evaluate(person);
            bool rises = false;
            bool settles = false;
            for (std::size_t s = 0; s < specialties; ++s) {
                if (level[s] == possible[s]) continue;
                const auto at =
                    climb(plan.ladder[s], plan, evaluator.status().data(), evaluator.basis().data());
                rises = rises || at.level > level[s];
                settles = settles || (at.level > level[s] && at.level == possible[s]);
            }
            if (rises) found.push_back({person, static_cast<int>(t), data.row(place), settles});
        }
    }
    evaluator.fill(-1, -1);
}

}  // namespace

std::vector<TellingRecord> telling_records(const Assessment& assessment) {
    const auto persons = assessment.evidence->persons;
    const auto blocks = (persons + block - 1) / block;
    std::vector<std::vector<TellingRecord>> found(static_cast<std::size_t>(blocks));
    const Lookup lookup(*assessment.plan, *assessment.evidence, assessment.options);
    in_shares(blocks, assessment.options.threads, [&](std::int64_t first, std::int64_t last) {
        PersonEvaluator evaluator(*assessment.plan, *assessment.evidence, assessment.options, lookup);
        for (auto b = first; b < last; ++b, pulse())
            for (auto p = b * block; p < std::min((b + 1) * block, persons); ++p)
                look(evaluator, assessment, p, found[static_cast<std::size_t>(b)]);
    });
    std::vector<TellingRecord> all;
    for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace tassei
