"""numba: a loop over people in parallel, the conditions in plain code, intervals sorted by insertion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import njit, prange

from . import with_numpy
from .files import USED
from .standard import (
    AP,
    AS_OF,
    COUNTED,
    EXPERT,
    FIRST_ACHIEVEMENT,
    FM,
    FM_ITEMS,
    HW,
    HW_OR_DESIGN,
    IT_ITEMS,
    MANAGES,
    MEETS,
    MENTORS,
    SW,
)  # fmt: skip

DID = {name: bit >> 7 for name, bit in MEETS.items()}
(
    HW6C, HW5C, HW4C, HW3C, SW5C, SW4C, SW3C, FM4C, FM3C,
    HW6S, HW5S, HW4S, SW5S, SW4S, FM6S, FM5S, FM4S, FM3W,
) = DID.values()  # fmt: skip
LEAD4, MANAGE4, MANAGE5, MANAGE6 = COUNTED.values()
XH6, XH5, XH4, XH3, XS5, XS4, XS3, XF6, XF5, XF4, XF3 = EXPERT.values()
ITEMS = np.array([int(i).bit_count() for i in range(1 << 10)], np.int8)
BLOCKS = 512


def load(folder: Path, threads: int) -> Any:
    numba.set_num_threads(threads)
    return with_numpy.load(folder, threads)


@njit(cache=True)
def size_of(scope, it):
    if scope >= 3 or (it >= 4 and scope >= 2):
        return 6
    if scope >= 2 or (it >= 4 and scope >= 1):
        return 5
    if scope >= 1 or (it >= 4 and scope >= 0):
        return 4
    return 3


@njit(cache=True)
def facility_size_of(fm, rooms, area, center, sites, scope):
    medium = 3 <= rooms <= 4 or 2000 <= area <= 4999 or 100 <= sites <= 299
    if rooms >= 5 or area >= 5000 or sites >= 300 or center >= 5000 or (fm >= 3 and medium):
        return 6
    small = 1 <= rooms <= 2 or 1 <= area <= 1999 or 1 <= sites <= 99
    if medium or center > 0 or (fm >= 3 and small):
        return 5
    if small or (fm >= 3 and scope >= 0):
        return 4
    return 3


@njit(parallel=True, cache=True)
def judge(
    first, order, eng, start, end, position, service, activities, outcome, complexity, scope, rooms, area,
    center, sites, facility_scope, gave, ap, hw_out, sw_out, fm_out, most, items,
):  # fmt: skip
    people = len(hw_out)
    for block in prange(BLOCKS):
        starts, stops = np.empty(most, np.int32), np.empty(most, np.int32)
        works = np.empty(most, np.int32)
        ids, grades = np.empty(most, np.int32), np.empty(most, np.int32)
        latest, days = np.empty(7, np.int32), np.empty(7, np.int32)
        for p in range(people * block // BLOCKS, people * (block + 1) // BLOCKS):
            did, lasting, counted = 0, 0, 0
            for at in range(first[p], first[p + 1]):
                r = order[at] if len(order) else at
                act, out = activities[r], outcome[r]
                if start[r] > AS_OF or out < 1 or act == 0:
                    continue
                it, fm = items[complexity[r] & IT_ITEMS], items[complexity[r] & FM_ITEMS]
                pos, sv, work = position[r], service[r], 0
                hw, sw = act & HW != 0, act & SW != 0
                if it >= 2:
                    if hw:
                        did |= HW3C
                    if sw:
                        did |= SW3C
                    if out >= 2 and pos >= 0:
                        if hw and (sv == 0 or sv == 3):
                            work |= 8
                        if sw and (sv == 1 or sv == 3):
                            work |= 64
                if out == 3 and (act & (HW | SW | HW_OR_DESIGN)) != 0:
                    size = size_of(scope[r], it)
                    csm = act & MANAGES != 0
                    if csm and size >= 6:
                        did |= HW6S
                    if size >= 5:
                        did |= (HW5S | HW4S if hw else 0) | (SW5S | SW4S if sw else 0)
                    elif size >= 4:
                        did |= (HW4S if hw else 0) | (SW4S if sw else 0)
                    if it >= 2:
                        if act & HW_OR_DESIGN != 0:
                            did |= HW5C
                        if hw:
                            did |= HW4C
                        if sw:
                            did |= SW4C
                        if pos == 2:
                            did |= (SW5C if sw else 0) | (HW6C if csm else 0)
                        if size >= 4 and pos >= 1:
                            high = pos == 2 and size >= 5
                            if work & 8:
                                work |= 4
                                if high:
                                    work |= 2
                            if work & 64:
                                work |= 32
                                if high:
                                    work |= 16
                            if pos == 2 and size >= 6 and csm and sv == 3:
                                work |= 1
                if act & FM != 0:
                    grade = 0
                    if fm >= 2 and out >= 2:
                        did |= FM3C
                        if pos >= 0 and sv == 2:
                            did |= FM3W
                    if out == 3:
                        size = facility_size_of(fm, rooms[r], area[r], center[r], sites[r], facility_scope[r])
                        if size >= 4:
                            did |= FM4S | (FM5S if size >= 5 else 0) | (FM6S if size >= 6 else 0)
                        if fm >= 2:
                            did |= FM4C
                            if size >= 4 and sv == 2 and pos >= 1:
                                grade = LEAD4
                                if pos == 2:
                                    grade |= MANAGE4
                                    if size >= 5:
                                        grade |= MANAGE5
                                    if size >= 6:
                                        grade |= MANAGE6
                    if grade:
                        k = 0
                        while k < counted and ids[k] != eng[r]:
                            k += 1
                        if k == counted:
                            ids[k], grades[k] = eng[r], 0
                            counted += 1
                        grades[k] |= grade
                if work:
                    s, k = start[r], lasting
                    while k > 0 and starts[k - 1] > s:
                        starts[k], stops[k], works[k] = starts[k - 1], stops[k - 1], works[k - 1]
                        k -= 1
                    starts[k], stops[k], works[k] = s, min(end[r], AS_OF) + 1, work
                    lasting += 1
            g = gave[p]
            latest[:], days[:] = -(2**30), 0
            for k in range(lasting):
                for q in range(7):
                    if works[k] >> q & 1:
                        days[q] += max(0, stops[k] - max(starts[k], latest[q]))
                        latest[q] = max(latest[q], stops[k])
            mentors = g & MENTORS != 0
            own = FIRST_ACHIEVEMENT
            h, w = items[g >> own & 127], items[g >> own + 7 & 127]
            f, c = items[g >> own + 14 & 127], items[g >> own + 21 & 127]
            top = days[0] >= 1095 and did & HW6C and did & HW6S and g & XH6 and mentors
            hw_out[p] = sw_out[p] = fm_out[p] = 3 if ap[p] else 0
            if top and c >= 4:
                hw_out[p] = 6
            elif days[1] >= 1095 and did & HW5C and did & HW5S and g & XH5 and mentors and h >= 3:
                hw_out[p] = 5
            elif days[2] >= 730 and did & HW4C and did & HW4S and g & XH4 and mentors and h >= 1:
                hw_out[p] = 4
            elif days[3] >= 365 and did & HW3C and g & XH3:
                hw_out[p] = 3
            if top and c >= 3:
                sw_out[p] = 6
            elif days[4] >= 1095 and did & SW5C and did & SW5S and g & XS5 and mentors and w >= 3:
                sw_out[p] = 5
            elif days[5] >= 730 and did & SW4C and did & SW4S and g & XS4 and mentors and w >= 1:
                sw_out[p] = 4
            elif days[6] >= 365 and did & SW3C and g & XS3:
                sw_out[p] = 3
            if did & FM4C or did & FM3W:
                n1 = n4 = n5 = n6 = 0
                for k in range(counted):
                    n1 += grades[k] & 1
                    n4 += grades[k] >> 1 & 1
                    n5 += grades[k] >> 2 & 1
                    n6 += grades[k] >> 3 & 1
                if n5 >= 3 and n6 >= 1 and did & FM4C and did & FM6S and g & XF6 and mentors and f >= 4:
                    fm_out[p] = 6
                elif n4 >= 3 and n5 >= 1 and did & FM4C and did & FM5S and g & XF5 and mentors and f >= 3:
                    fm_out[p] = 5
                elif n1 >= 2 and did & FM4C and did & FM4S and g & XF4 and mentors and f >= 1:
                    fm_out[p] = 4
                elif did & FM3W and did & FM3C and g & XF3:
                    fm_out[p] = 3


@njit(parallel=True, cache=True)
def give(first, order, kind, area, standing, achievement, domain, date, experts, gave):
    people = len(gave)
    for block in prange(BLOCKS):
        for p in range(people * block // BLOCKS, people * (block + 1) // BLOCKS):
            bits = np.int64(0)
            for at in range(first[p], first[p + 1]):
                r = order[at] if len(order) else at
                if date[r] > AS_OF:
                    continue
                if kind[r] == 0:
                    bits |= experts[area[r] + 1, standing[r] + 1, domain[r] + 1]
                elif kind[r] == 2:
                    bits |= MENTORS
                elif kind[r] == 1 and domain[r] >= 0 and achievement[r] >= 0:
                    bits |= np.int64(1) << (FIRST_ACHIEVEMENT + 7 * domain[r] + achievement[r])
            gave[p] = bits


@njit(cache=True)
def places(person, people):
    """Where each person's rows stand; counted and laid out only if they are not together already."""
    first = np.zeros(people + 1, np.int64)
    together = True
    for r in range(len(person)):
        first[person[r] + 1] += 1
        together &= r == 0 or person[r] >= person[r - 1]
    for p in range(people):
        first[p + 1] += first[p]
    if together:
        return first, np.empty(0, np.int32)
    order, free = np.empty(len(person), np.int32), first[:-1].copy()
    for r in range(len(person)):
        order[free[person[r]]] = r
        free[person[r]] += 1
    return first, order


def evaluate(state: Any) -> tuple[np.ndarray, ...]:
    tables, people = state
    e, c, x = tables.values()
    first, order = places(c["person_id"], people)
    gave = np.empty(people, np.int64)
    give(first, order, *(c[n] for n in USED["contributions"][1:]), with_numpy.experts(), gave)
    ap = np.zeros(people, np.bool_)
    ap[x["person_id"][(x["examination"] == AP) & (x["date"] <= AS_OF)]] = True
    first, order = places(e["person_id"], people)
    found = [np.empty(people, np.int8) for _ in range(3)]
    most = int(np.diff(first).max(initial=0))
    judge(first, order, *(e[n] for n in USED["engagements"][1:]), gave, ap, *found, most, ITEMS)
    return np.arange(people), *found
