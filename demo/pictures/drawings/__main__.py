"""`python -m demo.pictures.drawings` paints every drawing and writes its file."""

from demo.pictures.drawings.files import DRAWINGS, QUALITY
from demo.pictures.drawings.paint import painted

for drawing in DRAWINGS.values():
    painted(drawing.name).save(drawing.path, quality=QUALITY, subsampling=0)
