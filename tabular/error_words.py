"""Words that the error messages of Python, numpy, pandas and scikit-learn are made of.

Words that commonly are labels (`true`, `yes`, `good`, `positive`) are missing on purpose.
"""

ERROR_WORDS = frozenset(
    """
    a about above accept accepted access across actual add after against algorithm align
    aligned all allow allowed already also ambiguous an and any apply are arg argument
    arguments array arrays as assign at attempt attribute attributes available axes axis
    be because been before being below between bins bool boolean bound bounds broadcast
    but by bytes call callable called can cannot cast categorical categories category
    character check class classes classification classifier code codes column columns
    compare compatible concatenate consider constructor contain contained containing
    contains convert converted core could create criterion data dataframe dataset date
    datetime datetime64 decode default defined degenerate derive deprecated describe
    detected dict dictionary did different dimension dimensional dimensions division do
    does doesn domain dtype dtypes duplicate duplicated during each either element
    elements empty encountered encoding end enough entries entry equal error estimator
    estimators evaluate every exactly exceed exceeded exceeds except exist exists expect
    expected expecting expects explicitly extra failed false_values feature features few
    field file finite first fit fitted fitting float float32 float64 floating fold
    following for format found frame from function generator get getitem give given got
    greater group groups handle has hashable have if ignored illegal imag import in
    incompatible inconsistent incorrect indexer indexers index indexes indexing indices
    inf infer infinite infinity input inputs insert instance instead int int32 int64
    integer integers invalid is isn it item items iterable its keep key keys keyword
    kind kwargs label labels large largest last least len length lengths less level
    levels library like limit linear list literal loc log lookup loss many mask match
    matched matching matrix maximum may mean memory merge method methods metric
    minimum mismatch missing mode model module more most must name named names nan
    ndarray ndim necessary need needed needs nested node nonetype non not null number
    numbers numeric numpy object objects observed obtained occurred of on one only
    operand operands operation operations operator or order other out output outside
    over overflow own pandas parameter parameters parse part passed path per perform
    permitted please position positional possible predict predicted predictions
    previously probability problem proper provide provided range read reached receive
    received recommended reduce regression regressor reindex remove required requires
    reset reshape result results return returned returns right row rows same sample
    samples sample_weight scalar seen select self sequence series set setting several
    shape shapes should single singular size sizes slice smaller solver some sort sorted
    sparse specified split start statistic step str string strings subset such sum
    support supported supports swap table take takes target tensor test than that the
    their them there these they this those threshold through time timestamp to too
    total train training transform truth try tuple type types unable unbounded
    underflow unexpected unhashable unique unknown unorderable unpack unrecognized
    unseen unsupported until up update use used using valid validate value values
    variable variables vector version view was we weight weights were when where
    which while width will with within without wrong x y you your zero
    changes next took seconds processor probabilities
    candidate stacker kept pickle pickled files opened reading lock _thread RLock MiB
    1D 2D 3D 1-d 2-d AttributeError DataFrame DataFrames Index IndexError Input KeyError
    LightGBMError NA NaN NaT NaNs None NoneType Series Timestamp TypeError ValueError X
    PicklingError ZeroDivisionError d s t
    """.split()  # noqa: SIM905 - as a list it would fill pages
)
