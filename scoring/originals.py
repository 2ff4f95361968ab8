"""The learner's own files: what a challenger's plain numbers were read off, kept as the record.

No score reads them. They run no code when they are opened: only the types listed here are made.
"""

import warnings
from pathlib import Path

import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from skops import io

from scoring import artifacts
from scoring.artifacts import ArtifactError
from scoring.boosting import Fitted

ENDING, NEARLY = "skops", 1e-6
TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)


def save(model: HistGradientBoostingClassifier, folder: Path) -> str:
    """Write a fitted model with its library's version and return the file's SHA-256."""
    content: bytes = io.dumps({"library": sklearn.__version__, "model": model})
    return artifacts.write(content, folder, ending=ENDING)


def keep(fitted: Fitted, folder: Path) -> str:
    """Save the record of a challenger; raise ArtifactError when it does not say the same."""
    checksum = save(fitted.model, folder)
    if fitted.distance(load(checksum, folder)) > NEARLY:
        raise ArtifactError(f"The model {checksum[:12]} says other than its plain numbers.")
    return checksum


def load(checksum: str, folder: Path) -> HistGradientBoostingClassifier:
    """Return what was saved; raise ArtifactError when that cannot be trusted to be the same."""
    content = artifacts.read(checksum, folder, ending=ENDING)
    name = f"The model {checksum[:12]}"
    foreign = set(io.get_untrusted_types(data=content)) - set(TRUSTED)
    if foreign:
        raise ArtifactError(f"{name} holds {', '.join(sorted(foreign))}, which is not expected.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # another version of the library is said below
            kept = io.loads(content, trusted=list(TRUSTED))
        library, model = kept["library"], kept["model"]
    except Exception as error:  # whatever a foreign file breaks in the library
        raise ArtifactError(f"{name} cannot be read: {error}") from error
    if library != sklearn.__version__:
        raise ArtifactError(
            f"{name} was made by scikit-learn {library}, not {sklearn.__version__}."
        )
    if not isinstance(model, HistGradientBoostingClassifier):
        raise ArtifactError(f"{name} is a {type(model).__name__}.")
    return model
