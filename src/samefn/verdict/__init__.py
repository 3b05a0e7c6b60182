"""From figures with intervals to judgements: the scale, the verdict, flips, the transferred share, claims."""
