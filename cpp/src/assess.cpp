#include "tassei/assess.hpp"

#include <algorithm>

#include "person.hpp"
#include "shares.hpp"
#include "tassei/error.hpp"
#include "tassei/statistics.hpp"

namespace tassei {
namespace {

// Persons go through in blocks of this size, at the same places for any number of threads.
constexpr std::int64_t block = 512;

/// Runs `work(evaluator, first person, last person)` for every block, in static shares; `all`: of everybody.
template <class Work>
void in_blocks(const Plan& plan, const Evidence& evidence, const Options& options,
               std::int64_t persons, bool all, const Work& work) {
    const auto blocks = (persons + block - 1) / block;
    const Lookup lookup(plan, evidence, options);
    const auto sights = all ? see(plan, evidence, options, lookup) : std::vector<Sight>{};
    in_shares(blocks, options.threads, [&](std::int64_t first, std::int64_t last) {
        PersonEvaluator evaluator(plan, evidence, options, lookup, sights);
        for (auto b = first; b < last; ++b) {
            work(evaluator, b * block, std::min((b + 1) * block, persons));
            pulse();
        }
    });
}

}  // namespace

Standpoint climb(const std::vector<int>& ladder, const Plan& plan, const Truth* status,
                 const Basis* basis) {
    Standpoint at;
    Truth below = Truth::yes;
    for (const int s : ladder) {
        const auto i = static_cast<std::size_t>(s);
        const auto truth = plan.framework.cumulative ? below & status[i] : status[i];
        if (truth == Truth::yes) {
            at.level = plan.sheets[i].level;
            at.basis = basis[i];
        }
        if (truth != Truth::no) at.possible = plan.sheets[i].level;
        below = truth;
    }
    return at;
}

Assessment assess(std::shared_ptr<const Plan> plan, std::shared_ptr<const Evidence> evidence,
                  Options options) {
    check(*evidence, plan->framework);
    Assessment result;
    const auto persons = evidence->persons;
    const auto n = static_cast<std::size_t>(persons);
    const auto sheets = plan->sheets.size();
    const auto specialties = plan->ladder.size();
    result.level.resize(n * specialties);
    result.possible_level.resize(n * specialties);
    result.level_basis.resize(n * specialties);
    result.status.resize(n * sheets);
    result.basis.resize(n * sheets);
    result.score.resize(persons, static_cast<Eigen::Index>(sheets));

    const auto work = [&](PersonEvaluator& evaluator, std::int64_t first, std::int64_t last) {
        evaluator.read(first, last);
        for (auto p = first; p < last; ++p) {
            evaluator.evaluate(p);
            const auto row = static_cast<std::size_t>(p);
            std::ranges::copy(evaluator.status(), result.status.data() + row * sheets);
            std::ranges::copy(evaluator.basis(), result.basis.data() + row * sheets);
            evaluator.score(result.score.data() + row * sheets);
            for (std::size_t s = 0; s < specialties; ++s) {
                const auto at = climb(plan->ladder[s], *plan, evaluator.status().data(),
                                      evaluator.basis().data());
                result.level[row * specialties + s] = at.level;
                result.possible_level[row * specialties + s] = at.possible;
                result.level_basis[row * specialties + s] = at.basis;
            }
        }
    };
    in_blocks(*plan, *evidence, options, persons, true, work);

    result.plan = std::move(plan);
    result.evidence = std::move(evidence);
    result.options = std::move(options);
    return result;
}

CriteriaTable criteria(const Assessment& assessment, std::span<const std::int64_t> persons) {
    const auto& plan = *assessment.plan;
    const auto rows = static_cast<Eigen::Index>(persons.size());
    const auto columns = static_cast<Eigen::Index>(plan.criteria.size());
    for (const auto p : persons)
        if (p < 0 || p >= assessment.evidence->persons)
            throw AssessError("no person number " + std::to_string(p));
    CriteriaTable table{Scores(rows, columns), Scores(rows, columns), Scores(rows, columns), {}};
    table.status.resize(static_cast<std::size_t>(rows * columns));
    const auto work = [&](PersonEvaluator& evaluator, std::int64_t first, std::int64_t last) {
        for (auto r = first; r < last; ++r) {
            const auto person = persons[static_cast<std::size_t>(r)];
            evaluator.read(person, person + 1);
            evaluator.evaluate(person);
            for (Eigen::Index c = 0; c < columns; ++c) {
                const auto& found = evaluator.criteria()[static_cast<std::size_t>(c)];
                const auto required = plan.criteria[static_cast<std::size_t>(c)].required;
                table.low(r, c) = found.range.low;
                table.high(r, c) = found.range.high;
                table.progress(r, c) = progress_of(found.range.low, required);
                table.status[static_cast<std::size_t>(r * columns + c)] = found.truth;
            }
        }
    };
    in_blocks(plan, *assessment.evidence, assessment.options, rows, false, work);
    return table;
}

}  // namespace tassei
