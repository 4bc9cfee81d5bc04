"""Commands that tag texts, explain and score the result, and label it anew."""
