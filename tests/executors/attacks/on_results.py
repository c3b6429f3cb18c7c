"""Attacks on results: forged, misshapen, too large or changed too late."""

from tests.executors.attacks.attack import Attack, Expected

ON_RESULTS = (
    Attack(
        "18 forged success without values",
        "header(b'garbage'); os._exit(0)",
        Expected("contract", "", "no valid header"),
    ),
    Attack(
        "18b forged shape",
        'header(b\'{"is_complete":true,"columns":2147483648}\'); os._exit(0)',
        Expected("contract", "", "too short"),
    ),
    Attack(
        "18c pickle as result",
        "import pickle\n"
        "class Bomb:\n"
        "    def __reduce__(self): return (os._exit, (99,))\n"
        "os.pwrite(own_descriptors().result, pickle.dumps(Bomb()), 0); os._exit(0)",
        Expected("contract", "", "magic"),
    ),
    Attack(
        "18d deeply nested header",
        "header(b'[' * 60000); os._exit(0)",
        Expected("contract", "", "no valid header"),
    ),
    Attack(
        "18e huge numbers in the header",
        "header(b'{\"columns\":' + b'9' * 60000 + b'}'); os._exit(0)",
        Expected("contract", "", "header"),
    ),
    Attack(
        "18f header that claims 4 GB",
        "header(b'{}', 2**32 - 1); os._exit(0)",
        Expected("contract", "", "header claims"),
    ),
    Attack(
        "18g forged note with control characters",
        "import json\n"
        "note = {'exception': '\\x1b[31mE', 'message': '\\x1b]0;x\\x07m'}\n"
        "header(json.dumps({'failure': note}).encode()); os._exit(11)",
        Expected("exception", "", r"^\]0;xm$"),
    ),
    Attack(
        "20 patched metrics",
        "import sklearn.metrics\n"
        "sklearn.metrics.roc_auc_score = np.mean = lambda *a, **k: 1.0",
        Expected("success"),
    ),
    Attack(
        "21a not-a-number predictions",
        "pass",
        Expected("contract", "", "not finite"),
        predict="return np.full((len(X), 2), np.nan)",
    ),
    Attack(
        "21b wrong length",
        "pass",
        Expected("contract", "", "expected 40 rows"),
        predict="return np.ones((3, 2))",
    ),
    Attack(
        "21c objects as predictions",
        "pass",
        Expected("contract", "", "not numbers"),
        predict="return np.array([[object(), object()]] * len(X))",
    ),
    Attack(
        "21d three dimensions",
        "pass",
        Expected("contract", "", "shape"),
        predict="return np.ones((len(X), 2, 2))",
    ),
    Attack(
        "34 hostile column names",
        "return pd.DataFrame({'x' * 5000: X['a']})",
        Expected("contract", "", "name"),
        mode="features",
    ),
    Attack(
        "34b column names that are code and control characters",
        "return pd.DataFrame({'a\\x1b[31m\\n{{7*7}}': X['a']})",
        Expected("contract", "", "name"),
        mode="features",
    ),
    Attack(
        "35 result rewritten after it is done",
        "own = own_descriptors()\n"
        "def rewrite():\n"
        "    while True: os.pwrite(own.result, b'\\xff' * 640, 65536)\n"
        "for _ in range(2): threading.Thread(target=rewrite, daemon=True).start()",
        Expected("(contract|success)"),
        limits={"wall_seconds": 5},
    ),
)
