"""Pictures of an assessment. Each takes what it shows and returns the Axes it drew on.

Every function is also a method: ``plot.distribution(a, by="site")`` is ``a.plot.distribution(by="site")``.
"""

from .distribution import distribution
from .style import HATCH, columns_of

PICTURES = {picture.__name__: picture for picture in (distribution,)}

__all__ = ["HATCH", "PICTURES", "columns_of", "distribution"]
