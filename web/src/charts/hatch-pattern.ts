const SIZE_PX = 8;

/** Diagonal lines as a canvas fill: how a stretch that is not proven looks. Falls back to the plain colour without a canvas. */
export function hatchPattern(ground: string, line: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = SIZE_PX;
  tile.height = SIZE_PX;
  const pen = tile.getContext("2d");
  if (pen === null) return ground;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, SIZE_PX, SIZE_PX);
  pen.strokeStyle = line;
  pen.lineWidth = 1.4;
  pen.beginPath();
  for (const shift of [-SIZE_PX, 0, SIZE_PX]) {
    pen.moveTo(shift - 1, SIZE_PX + 1);
    pen.lineTo(shift + SIZE_PX + 1, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? ground;
}
