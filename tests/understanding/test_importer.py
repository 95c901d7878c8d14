"""Training lines are read as Rasa's own importer reads them, only faster."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.importers.rasa import RasaFileImporter

from rapport.understanding.importer import LineImporter

FILES = {
    "lines of several intents": """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - नमस्ते
    - hello
    -   spaced out
- intent: goodbye
  examples: |
    - hello
    - bye: then, "friend" #1
""",
    "entities in both notations, synonyms and patterns": """
version: "3.1"
nlu:
- intent: ask_price
  examples: |
    - how much is the [kettle](product)
    - how much is the [boiler]{"entity": "product", "value": "kettle"}
    - and [this] one
- synonym: kettle
  examples: |
    - water boiler
- regex: order_number
  examples: |
    - [A-Z]\\d{4}
- lookup: product
  examples: |
    - kettle
    - tent
""",
    "lines with notes of their own, and a retrieval intent": """
version: "3.1"
nlu:
- intent: greet
  examples:
  - text: |
      hi there
    metadata:
      sentiment: neutral
- intent: faq/opening
  examples: |
    - when are you open
""",
    "a line without its dash": """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    lost
    - good evening
""",
    "replies beside lines": """
version: "3.1"
nlu:
- intent: faq/opening
  examples: |
    - when are you open
responses:
  utter_faq/opening:
  - text: At nine.
""",
}


@pytest.mark.filterwarnings("ignore:Issue found")
@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_a_file_is_read_as_rasa_reads_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(text, encoding="utf-8")
    ours = LineImporter(training_data_paths=[str(path)]).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=[str(path)]).get_nlu_data()
    assert [each.data for each in ours.training_examples] == [
        each.data for each in rasas.training_examples
    ]
    assert len(ours.training_examples) > 0
    assert ours.entity_synonyms == rasas.entity_synonyms
    assert ours.regex_features == rasas.regex_features
    assert ours.lookup_tables == rasas.lookup_tables
    assert ours.responses == rasas.responses
    assert ours.fingerprint() == rasas.fingerprint()
