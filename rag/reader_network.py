"""The network of the passage reader. Imports torch: import it only where a model is loaded."""

import torch
from torch import Tensor, nn

from index.bert import BertEncoder


class ReaderNetwork(nn.Module):
    """Question and passage in one input; `outputs` logits for each sentence, a start and an end logit for
    each token."""

    def __init__(self, outputs: int = 1) -> None:
        super().__init__()
        self.encoder = BertEncoder()  # the sizes of the default embedder, whose weights training starts from
        width = self.encoder.width
        # A sentence is told from the mean of its tokens and from the first token, which has seen the whole passage.
        self.sentence = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, outputs))
        self.span = nn.Linear(width, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, membership: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of shape (batch, sentences, outputs), and (batch, tokens, 2): starts and ends.

        `membership`, shape (batch, sentences, tokens), has 1/n for each of the n tokens of a sentence, else 0.
        """
        states = self.encoder(input_ids, attention_mask, token_type_ids)
        sentences = membership.to(states.dtype) @ states
        whole = states[:, :1].expand_as(sentences)
        return self.sentence(torch.cat([sentences, whole], dim=-1)), self.span(states)
