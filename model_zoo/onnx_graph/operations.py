"""Which function reads which operation of ONNX; what is not here is refused by its name.

Each is documented at https://onnx.ai/onnx/operators; settings that torch has no equivalent for are refused in a
sentence. Operator sets 13 to 23.
"""

from model_zoo.onnx_graph import arithmetic, constants, layers, pools, resizing, shapes
from model_zoo.onnx_graph.reading import Operation

OPERATIONS: dict[str, Operation] = {
    **layers.OPERATIONS,
    **pools.OPERATIONS,
    **arithmetic.OPERATIONS,
    **shapes.OPERATIONS,
    **resizing.OPERATIONS,
    **constants.OPERATIONS,
}
