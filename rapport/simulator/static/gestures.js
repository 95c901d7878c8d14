// Touch: pull a message to the right to quote it, hold it for more.

const PULL = 64;
const HOLD = 450;

export function gestures(node, card, quote, more) {
  let start = null;
  let timer = 0;
  const end = () => {
    clearTimeout(timer);
    card.style.translate = "";
    node.classList.remove("pulled");
    start = null;
  };
  card.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => (end(), more()), HOLD);
  });
  card.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [across, down] = [event.clientX - start.x, Math.abs(event.clientY - start.y)];
    if (Math.abs(across) > 8 || down > 8) clearTimeout(timer);
    if (down > 24) return end();
    card.style.translate = `${Math.max(0, Math.min(across, PULL + 16))}px 0`;
    node.classList.toggle("pulled", across > PULL);
  });
  card.addEventListener("pointerup", () => {
    const isPulled = node.classList.contains("pulled");
    end();
    if (isPulled) quote();
  });
  card.addEventListener("pointercancel", end);
}
