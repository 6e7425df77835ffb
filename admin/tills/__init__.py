"""What tills told: sales beyond limits, shifts as they counted them, goods without a receipt."""
