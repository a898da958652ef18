"""The Train tab: a training is started through `train.service.queue` alone; nothing here trains."""
